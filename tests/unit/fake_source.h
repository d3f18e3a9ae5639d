// A source that plays prepared snapshots, so that everything above the seam runs without a kernel.
#pragma once

#include <ctime>
#include <utility>
#include <vector>

#include "recording/source.h"

namespace asynclat {

class FakeSource : public Source {
public:
	// Gives the snapshots one a read, then the last again; finish() gives `last` with its own time.
	FakeSource(std::vector<Snapshot> snapshots, Snapshot last)
		: snapshots_(std::move(snapshots)), last_(std::move(last)) {
		timespec t{};
		clock_gettime(CLOCK_MONOTONIC, &t);
		description_.start_mono_ns =
			static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_nsec);
		description_.cpus = {0};
		description_.mechanisms.push_back({.mechanism = AL_WORKQUEUE, .stages = {AL_WQ_WAIT}});
	}

	[[nodiscard]] const Description& description() const override { return description_; }
	Result<Snapshot> read() override {
		reads++;
		if (fail_reads) return Error{.what = "the fake was told to fail"};
		if (next_ < snapshots_.size()) return snapshots_[next_++];
		return snapshots_.empty() ? Snapshot{} : snapshots_.back();
	}
	Result<Snapshot> finish() override {
		finished = true;
		return last_;
	}

	int reads = 0;
	bool finished = false;
	bool fail_reads = false;

private:
	Description description_;
	std::vector<Snapshot> snapshots_;
	Snapshot last_;
	size_t next_ = 0;
};

// Counters of a workqueue whose `count` items waited 1 us each, all on CPU 0.
inline Snapshot snapshot_of(uint64_t mono_ns, uint64_t count) {
	MechanismData m{.mechanism = AL_WORKQUEUE};
	StageData wait{AL_WQ_WAIT, AL_CLASS_PLAIN, std::vector<Histogram>(1)};
	wait.cpus[0].buckets[al_bucket(1000)] = count;
	wait.cpus[0].sum_ns = 1000 * count;
	if (count) {
		wait.cpus[0].min_ns = 1000;
		wait.cpus[0].max = {1000, mono_ns, 0, "work"};
	}
	m.stages.push_back(std::move(wait));
	for (const al_book book : {AL_QUEUED, AL_MATCHED, AL_STARTED}) m.books.set(book, count);
	for (const al_book book : {AL_FILTERED, AL_NEGATIVE, AL_UNMATCHED_START}) m.books.set(book, 0);
	Snapshot snapshot{.mono_ns = mono_ns};
	snapshot.mechanisms.push_back(std::move(m));
	return snapshot;
}

}  // namespace asynclat
