#include "view/submitter_rows.h"

#include <fmt/format.h>

namespace asynclat {
namespace {

constexpr int kIndent = 2, kStackIndent = 4;

std::string words_of(const Submitter& submitter) {
	if (submitter.context != AL_IN_TASK)
		return fmt::format("queued in {}", submitter.context_name());
	std::string words = fmt::format("queued by {}-{}", submitter.comm, submitter.tid);
	if (submitter.pid != submitter.tid) words += fmt::format(" of process {}", submitter.pid);
	if (!submitter.cgroup.empty()) words += fmt::format(" in {}", submitter.cgroup);
	return words;
}

void put_row(Frame& frame, int indent, const std::string& words) {
	frame.new_row();
	frame.put_blanks(indent);
	frame.put_within(words, frame.room_left());
}

}  // namespace

Frame submitter_rows(const std::optional<Submitter>& submitter,
					 const std::vector<std::string>& stack, int width) {
	Frame frame(width);
	if (submitter) put_row(frame, kIndent, words_of(*submitter));
	frame.append(stack_rows(stack, width));
	return frame;
}

Frame stack_rows(const std::vector<std::string>& stack, int width) {
	Frame frame(width);
	for (const std::string& function : stack) put_row(frame, kStackIndent, function);
	return frame;
}

}  // namespace asynclat
