#include "app/thresholds.h"

#include <fmt/format.h>

#include "app/outlet.h"
#include "base/units.h"
#include "catalog/mechanism.h"

namespace asynclat {

Result<Exit> judge(const Options& options, const Interval& total) {
	for (const FailIf& limit : options.fail_if)
		for (const MechanismData& m : total.data.mechanisms) {
			const StageData* data = m.stage(limit.stage);
			if (!data) continue;
			const Histogram all = data->all_cpus();
			if (all.empty()) {
				tell(fmt::format("asynclat: --fail-if {} passes: there was no event", limit.text));
				continue;
			}
			const uint64_t value = limit.quantile >= 1   ? all.max.value_ns
								   : limit.quantile <= 0 ? all.min_ns
														 : all.quantile(limit.quantile);
			if (value > limit.limit_ns)
				return Error{Exit::exceeded, fmt::format("--fail-if {} was exceeded", limit.text),
							 fmt::format("it was {}", short_duration_text(value)), ""};
		}
	if (!options.max_loss_percent) return Exit::done;
	for (const MechanismData& m : total.data.mechanisms)
		if (const double lost = m.books.loss_percent(); lost > *options.max_loss_percent)
			return Error{
				Exit::lossy,
				fmt::format("{} lost more than --max-loss allows", mechanism(m.mechanism).name),
				fmt::format("{:.3g}% of {} items", lost, count_text(m.books.value(AL_QUEUED))),
				"the books say by what; --max-entries makes room"};
	return Exit::done;
}

}  // namespace asynclat
