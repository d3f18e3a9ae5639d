#include "model/history.h"

namespace asynclat {
const StageData* find(const Interval& interval, const Subject& subject) {
	const MechanismData* data = interval.data.find(subject.mechanism);
	return data ? data->stage(subject.stage, subject.item_class) : nullptr;
}

SparseHistogram::SparseHistogram(const Histogram& histogram)
	: sum_ns_(histogram.sum_ns), min_ns_(histogram.min_ns), max_(histogram.max) {
	for (uint32_t bucket = 0; bucket < AL_BUCKETS; bucket++)
		if (histogram.buckets[bucket]) buckets_.emplace_back(bucket, histogram.buckets[bucket]);
}

Histogram SparseHistogram::expand() const {
	Histogram histogram;
	for (const auto& [bucket, count] : buckets_) histogram.buckets[bucket] = count;
	histogram.sum_ns = sum_ns_;
	histogram.min_ns = min_ns_;
	histogram.max = max_;
	return histogram;
}

void History::add(const Interval& interval, const Description& description) {
	Moment& moment = moments_.emplace_back();
	moment.mono_ns = interval.data.mono_ns;
	moment.length_ns = interval.length_ns;
	for (const MechanismData& mechanism : interval.data.mechanisms)
		for (const StageData& stage : mechanism.stages) {
			const Histogram histogram = on_cpus(stage, description, cpus_);
			if (!histogram.empty())
				moment.histograms.emplace(
					Subject{mechanism.mechanism, stage.stage, stage.item_class}, histogram);
		}
	if (moments_.size() > most_) moments_.pop_front();
}

}  // namespace asynclat
