#include "app/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "app/option_names.h"
#include "app/usage.h"
#include "base/units.h"
#include "base/words.h"

namespace asynclat {
namespace {

constexpr std::string_view kLimitHint =
	"MECH.STAGE.QUANTILE=DURATION, as in workqueue.wait.p99=10ms; the quantile is min, p50, p90, "
	"p99, p99.9, p999, max or any pNN";

bool is_collected(const Options& options, const Stage& s) {
	const auto& stages = options.request.stages;
	if (stages.empty()) return s.by_default || takes_every_stage(options);
	return stages.count(s.id) != 0;
}

// "p99.9" and "p999" are both 0.999.
std::optional<double> parse_quantile(std::string_view text) {
	if (text == "min") return 0;
	if (text == "max") return 1;
	if (!text.starts_with('p')) return {};
	text.remove_prefix(1);
	const size_t dot = std::min(text.find('.'), text.size());
	const std::string_view whole = text.substr(0, dot);
	const std::string_view rest = text.substr(std::min(dot + 1, text.size()));
	const bool nines = rest.empty() && whole.find_first_not_of('9') == std::string_view::npos;
	const auto is_digits = [](std::string_view t) {
		return t.find_first_not_of("0123456789") == std::string_view::npos;
	};

	if (whole.empty() || !is_digits(whole) || !is_digits(rest) ||
		(dot < text.size() && rest.empty()))
		return {};
	if (whole.size() > 2 && !nines) return {};
	const std::string decimals = fmt::format("0.{:0>2}{}", whole, rest);
	double quantile = 0;
	std::from_chars(decimals.data(), decimals.data() + decimals.size(), quantile);
	return quantile;
}

Result<Limit> parse_limit(const Options& options, const std::string& text) {
	const std::string_view all = text;
	const size_t equals = all.find('=');
	const std::string_view target = all.substr(0, equals);
	const size_t first = target.find('.');
	const size_t second = first == std::string_view::npos ? first : target.find('.', first + 1);

	if (equals == std::string_view::npos || second == std::string_view::npos)
		return usage_error(fmt::format("{} is not a limit", in_quotes(text)),
						   std::string(kLimitHint));
	const auto m = mechanism_named(target.substr(0, first));
	if (!m) return m.error();
	const auto s = stage_named(**m, target.substr(first + 1, second - first - 1));
	if (!s) return s.error();
	const auto quantile = parse_quantile(target.substr(second + 1));
	if (!quantile)
		return usage_error(
			fmt::format("{} is not a quantile", in_quotes(target.substr(second + 1))),
			std::string(kLimitHint));
	const auto limit_ns = parse_duration(all.substr(equals + 1));
	if (!limit_ns) return limit_ns.error();
	if (!is_asked_for(options.request, **m)) return not_asked_for(**m, text);
	if (!is_collected(options, **s))
		return usage_error(
			fmt::format("{}: the stage {} is not collected", in_quotes(text), (*s)->name),
			fmt::format("add --stage all, or a --stage list with {}.{} in it", (*m)->name,
						(*s)->name));
	return Limit{(*s)->id, *quantile, *limit_ns, text};
}

Status add_limits(const Options& options, std::vector<Limit>& limits,
				  std::span<const std::string> values) {
	for (const std::string& value : values) {
		auto limit = parse_limit(options, value);
		if (!limit) return limit.error();
		limits.push_back(std::move(*limit));
	}
	return Nothing{};
}

}  // namespace

Status set_fail_if(Options& options, std::span<const std::string> values) {
	return add_limits(options, options.fail_if, values);
}

Status set_on(Options& options, std::span<const std::string> values) {
	return add_limits(options, options.dump.on, values);
}

uint64_t min_for_dump(std::span<const Limit> on) {
	uint64_t smallest = UINT64_MAX;
	for (const Limit& limit : on) smallest = std::min(smallest, limit.limit_ns);
	return std::max(smallest / kDumpMinShare, kShortestDumpMinNs);
}

}  // namespace asynclat
