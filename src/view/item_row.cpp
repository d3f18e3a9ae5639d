#include "view/item_row.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>

#include "base/words.h"
#include "catalog/mechanism.h"
#include "view/quantity.h"
#include "view/submitter_rows.h"

namespace asynclat {
namespace {

// A width, and from which width of the terminal on it is there.
struct Column {
	size_t width;
	size_t from;
	bool number;
};
constexpr std::array<Column, 5> kColumns = {
	{{13, 70, false}, {13, 56, false}, {8, 0, true}, {14, 40, false}, {6, 48, true}}};

size_t room_for_words(size_t width) {
	size_t taken = 2;
	for (const Column& column : kColumns)
		if (width >= column.from) taken += column.width;
	return width > taken ? width - taken : 0;
}

void put_columns(Frame& frame, const std::array<std::string, kColumns.size()>& words,
				 const std::string& what, Style style) {
	frame.new_row();
	for (size_t i = 0; i < kColumns.size(); i++)
		if (frame.width() >= kColumns[i].from)
			frame.put(kColumns[i].number ? fmt::format("{:>{}}", words[i], kColumns[i].width)
										 : fmt::format("{:<{}}", words[i], kColumns[i].width),
					  style);
	frame.put_blanks(2);
	frame.put_within(what, frame.room_left(), style);
}

std::string blocker_text(const Blocker& blocker) {
	const std::string ran = duration(blocker.ran_ns);
	const std::string thread = fmt::format("{}-{}", blocker.thread, blocker.tid);
	switch (blocker.kind) {
		case AL_BLOCKED_BY_UNKNOWN:
			break;
		case AL_BLOCKED_BY_ITEM:
			return fmt::format(
				"ran meanwhile: {} {} on {}{}", blocker.function, ran, thread,
				blocker.max_active ? fmt::format(", max_active {}", blocker.max_active) : "");
		case AL_BLOCKED_BY_TASK:
			return fmt::format("ran meanwhile: {} {}, {}{}", thread, ran, blocker.policy_name(),
							   blocker.priority ? fmt::format(" {}", blocker.priority) : "");
		case AL_BLOCKED_BY_SOFTIRQ:
			return fmt::format("ran meanwhile: softirq {} {}", blocker.vector_name(), ran);
		case AL_BLOCKED_BY_IRQ:
			return blocker.number
					   ? fmt::format("ran meanwhile: interrupt {} {}", blocker.number, ran)
					   : fmt::format("ran meanwhile: interrupts {}", ran);
		case AL_BLOCKED_BY_TARGET:
			return fmt::format("was {} when it was queued: {}", blocker.target_name(), thread);
		case AL_BLOCKED_BY_IRQS_OFF:
			return fmt::format("interrupts were off: {} {}{}", thread, ran,
							   blocker.at.empty() ? "" : ", until " + blocker.at);
	}
	return "";
}

}  // namespace

Frame item_heading(int width) {
	Frame frame(width);
	put_columns(frame, {"started", "mechanism", "waited", "  mostly in", "cpu"},
				"function, workqueue", Style::header);
	return frame;
}

Frame item_row(const Item& item, const Description& description, int width) {
	Frame frame(width);
	const uint64_t ended = item.begun_mono_ns + item.wait_ns;
	std::string owner = "  -";
	if (!item.stages.empty()) {
		const auto [stage_id, share] = item.owner();
		owner = fmt::format("  {} {}%", stage(stage_id).name, std::lround(share * 100));
	}
	const std::string_view class_of =
		class_name(headline(mechanism(item.mechanism)), item.item_class);
	std::string what = item.function;
	if (!class_of.empty()) what += fmt::format(" ({})", class_of);
	// The function is worth more than its queue.
	if (!item.queue.empty() && what.size() + item.queue.size() + 2 <= room_for_words(frame.width()))
		what += ", " + item.queue;
	put_columns(frame,
				{time_of_day(description.start_wall_ns + ended - description.start_mono_ns),
				 std::string(mechanism(item.mechanism).name), duration(item.wait_ns), owner,
				 std::to_string(item.cpu)},
				what, Style::plain);
	return frame;
}

Frame blocker_rows(const Item& item, int width) {
	Frame frame(width);
	if (!item.blocker) return frame;
	frame.new_row();
	frame.put_blanks(2);
	frame.put_within(blocker_text(*item.blocker), frame.room_left());
	frame.append(stack_rows(item.blocker->stack, width));
	return frame;
}

}  // namespace asynclat
