#include "app/thresholds.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/outlet.h"
#include "base/units.h"
#include "catalog/mechanism.h"

namespace asynclat {

namespace {

// All classes of a stage, but those that are late by design where a plain one is told from them.
Histogram judged(const MechanismData& data, al_stage stage) {
	const bool plain = mechanism(data.mechanism).classes.front().empty();
	Histogram all;
	for (const StageData& s : data.stages)
		if (s.stage == stage && (!plain || s.item_class == AL_CLASS_PLAIN)) all.merge(s.all_cpus());
	return all;
}

Histogram judged(const Limit& limit, const Interval& interval) {
	const MechanismData* const data = interval.data.find(mechanism_of(limit.stage).id);
	return data ? judged(*data, limit.stage) : Histogram{};
}

Status judge_loss(double max_percent, const std::string& name, const Books& books) {
	if (!books.get(AL_MISSED))
		tell(fmt::format("asynclat: --max-loss: this kernel does not tell what {} missed", name));
	const double lost = books.loss_percent();
	if (lost <= max_percent) return Nothing{};
	return Error{Exit::lossy, fmt::format("{} lost more than --max-loss allows", name),
				 fmt::format("{:.3g}% of {} items", lost, count_text(books.value(AL_QUEUED))),
				 "the books say by what; --max-entries makes room"};
}

Status check_limit(std::string_view option, const Limit& limit, const Description& description) {
	const Mechanism& m = mechanism_of(limit.stage);
	const MechanismInfo* const info = description.find(m.id);
	if (info && std::ranges::find(info->stages, limit.stage) != info->stages.end())
		return Nothing{};
	return Error{Exit::unsupported, fmt::format("{} {} can never be exceeded", option, limit.text),
				 fmt::format("{} {} is not measured", m.name, stage(limit.stage).name),
				 "asynclat doctor says what can be, and why the rest cannot"};
}

}  // namespace

Status check_limits(const Options& options, const Description& description) {
	for (const Limit& limit : options.fail_if)
		if (Status fine = check_limit("--fail-if", limit, description); !fine) return fine;
	for (const Limit& limit : options.dump.on)
		if (Status fine = check_limit("--on", limit, description); !fine) return fine;
	return Nothing{};
}

std::optional<uint64_t> value_of(const Limit& limit, const Interval& interval) {
	const Histogram all = judged(limit, interval);
	if (all.empty()) return std::nullopt;
	if (limit.quantile >= 1) return all.max.value_ns;
	if (limit.quantile > 0) return all.quantile(limit.quantile);
	return all.min_ns == kNoMinimum ? std::nullopt : std::optional(all.min_ns);
}

std::optional<Peak> slowest_of(const Limit& limit, const Interval& interval) {
	const Histogram all = judged(limit, interval);
	if (limit.quantile < 1 || all.max.function.empty()) return std::nullopt;
	return all.max;
}

Result<Exit> judge(const Options& options, const Interval& total) {
	for (const Limit& limit : options.fail_if) {
		const auto value = value_of(limit, total);
		if (!value)
			tell(fmt::format("asynclat: --fail-if {} passes: there was no event", limit.text));
		else if (*value > limit.limit_ns)
			return Error{Exit::exceeded, fmt::format("--fail-if {} was exceeded", limit.text),
						 fmt::format("it was {}", short_duration_text(*value)), ""};
	}
	if (!options.max_loss_percent) return Exit::done;
	for (const MechanismData& m : total.data.mechanisms) {
		const std::string name(mechanism(m.mechanism).name);
		if (Status fine = judge_loss(*options.max_loss_percent, name, m.books); !fine)
			return fine.error();
		for (const StageData& s : m.stages)
			if (s.books)
				if (Status fine =
						judge_loss(*options.max_loss_percent,
								   fmt::format("{} {}", name, stage(s.stage).name), *s.books);
					!fine)
					return fine.error();
	}
	return Exit::done;
}

}  // namespace asynclat
