#include "view/oldest_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/units.h"
#include "catalog/mechanism.h"
#include "view/quantity.h"
#include "view/submitter_rows.h"

namespace asynclat {
namespace {

constexpr size_t kAge = 8, kStage = 9, kMechanism = 15;
constexpr size_t kWidthOfMechanism = 56;  // from this width of the terminal on it is there

// The thread says more than the queue: it comes first. A worker is both, and named once.
std::string names_of(const WaitingItem& item) {
	std::vector<std::string> names;
	if (!item.function.empty()) names.push_back(item.function);
	if (!item.thread.empty()) names.push_back(fmt::format("{}-{}", item.thread, item.tid));
	if (!item.queue.empty() && item.queue != item.thread)
		names.push_back(item.thread.empty() && item.tid ? fmt::format("{}-{}", item.queue, item.tid)
														: item.queue);
	return fmt::format("{}", fmt::join(names, ", "));
}

void put_row(Frame& frame, std::string_view age, std::string_view in, std::string_view mechanism,
			 std::string_view names, Style style) {
	frame.new_row();
	frame.put(fmt::format("{:>{}}  {:<{}}", age, kAge, in, kStage), style);
	if (frame.width() >= kWidthOfMechanism)
		frame.put(fmt::format("{:<{}}", mechanism, kMechanism), style);
	frame.put_within(names, frame.room_left(), style);
}

}  // namespace

Frame oldest_view(const Interval& interval, const Description& description, uint64_t min_age_ns,
				  int width) {
	Frame frame(width);
	const uint64_t now = interval.data.mono_ns;
	const auto& oldest = interval.data.oldest;
	const std::string since = duration(now - std::min(now, description.start_mono_ns));
	if (oldest.empty()) {
		frame.flow(
			{fmt::format("of what was queued or started in these {},", since),
			 fmt::format("nothing has waited or run for {}", short_duration_text(min_age_ns))},
			" ", {0, 2});
		return frame;
	}
	frame.flow({"the oldest items that still wait or run", "t=" + since}, "  ", {0, 2},
			   Style::title);
	put_row(frame, "age", "in", "mechanism", "function, thread, workqueue", Style::header);
	for (const WaitingItem& item : oldest) {
		put_row(frame, duration(item.age_ns(now)), stage(item.stage).name,
				mechanism_of(item.stage).name, names_of(item), Style::plain);
		frame.append(submitter_rows(item.submitter, item.stack, width));
	}
	return frame;
}

std::string oldest_words(const Interval& interval, al_mechanism mechanism) {
	for (const WaitingItem& item : interval.data.oldest)
		if (mechanism_of(item.stage).id == mechanism)
			return fmt::format("oldest {} in {}: {}", duration(item.age_ns(interval.data.mono_ns)),
							   stage(item.stage).name, names_of(item));
	return "";
}

}  // namespace asynclat
