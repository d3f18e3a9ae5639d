#include "app/black_box.h"

#include <algorithm>
#include <utility>

namespace asynclat {
namespace {

constexpr size_t kBatch = 256;  // items told at once

// Short texts lie in the string itself.
uint64_t heap_bytes(const std::string& text) {
	return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
}

uint64_t heap_bytes(const std::vector<std::string>& texts) {
	uint64_t bytes = texts.capacity() * sizeof(std::string);
	for (const std::string& text : texts) bytes += heap_bytes(text);
	return bytes;
}

uint64_t heap_bytes(const Item& item) {
	uint64_t bytes = heap_bytes(item.function) + heap_bytes(item.queue) + heap_bytes(item.stack) +
					 item.stages.capacity() * sizeof(item.stages.front());
	if (item.blocker)
		bytes += heap_bytes(item.blocker->function) + heap_bytes(item.blocker->thread) +
				 heap_bytes(item.blocker->stack);
	if (item.submitter)
		bytes += heap_bytes(item.submitter->comm) + heap_bytes(item.submitter->cgroup);
	return bytes;
}

uint64_t heap_bytes(const Run& run) { return heap_bytes(run.function) + heap_bytes(run.thread); }

uint64_t heap_bytes(const Interval& interval) {
	uint64_t bytes = interval.data.oldest.size() * sizeof(WaitingItem);
	for (const MechanismData& m : interval.data.mechanisms) {
		bytes += sizeof(m) + m.groups.size() * sizeof(GroupData);
		for (const StageData& s : m.stages) bytes += sizeof(s) + s.cpus.size() * sizeof(Histogram);
	}
	return bytes;
}

// Hands out what is kept up to some time, batch by batch.
template <typename T>
class Batches {
public:
	explicit Batches(const Kept<T>& kept)
		: at_(kept.entries().begin()), end_(kept.entries().end()) {}

	std::vector<T> next(uint64_t until_ns) {
		std::vector<T> batch;
		for (; at_ != end_ && at_->at_ns <= until_ns && batch.size() < kBatch; ++at_)
			batch.push_back(at_->thing);
		return batch;
	}

private:
	typename std::deque<typename Kept<T>::Entry>::const_iterator at_, end_;
};

}  // namespace

BlackBox::BlackBox(BlackBoxRoom room)
	: items_(kDumpSpanNs, room.items_bytes),
	  runs_(kDumpSpanNs, room.runs_bytes),
	  intervals_(kDumpSpanNs, room.intervals_bytes) {}

void BlackBox::add(std::vector<Item> items, std::vector<Run> runs, uint64_t now_ns) {
	for (Item& item : items) {
		const uint64_t at_ns = item.started_mono_ns(), bytes = heap_bytes(item);
		items_.add(std::move(item), at_ns, bytes);
	}
	for (Run& run : runs) {
		const uint64_t at_ns = run.ended_mono_ns(), bytes = heap_bytes(run);
		runs_.add(std::move(run), at_ns, bytes);
	}
	while (items_.leave(now_ns)) continue;
	while (runs_.leave(now_ns)) continue;
}

void BlackBox::add(const Interval& interval) {
	intervals_.add(interval, interval.data.mono_ns, heap_bytes(interval));
	while (const auto old = intervals_.leave(interval.data.mono_ns)) accumulate(before_, *old);
}

Status BlackBox::tell(Report& report, const Description& description, std::string_view reason,
					  const Write& write) const {
	Batches items(items_);
	Batches runs(runs_);
	Interval total;
	const auto tell_until = [&](uint64_t until_ns) -> Status {
		for (auto batch = items.next(until_ns); !batch.empty(); batch = items.next(until_ns))
			if (auto done = write(report.items(batch, description)); !done) return done;
		for (auto batch = runs.next(until_ns); !batch.empty(); batch = runs.next(until_ns))
			if (auto done = write(report.runs(batch)); !done) return done;
		return Nothing{};
	};
	const auto tell_interval = [&](const Interval& interval, bool last) -> Status {
		accumulate(total, interval);
		if (auto done = tell_until(last ? UINT64_MAX : interval.data.mono_ns); !done) return done;
		return write(last ? report.end(interval, total, description, reason)
						  : report.interval(interval, description));
	};
	if (auto done = write(report.start(description)); !done) return done;
	if (before_.length_ns)
		if (auto done = tell_interval(before_, false); !done) return done;
	for (const auto& entry : intervals_.entries())
		if (auto done = tell_interval(entry.thing, &entry == &intervals_.entries().back()); !done)
			return done;
	return Nothing{};
}

}  // namespace asynclat
