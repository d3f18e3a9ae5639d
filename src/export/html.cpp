#include "export/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "catalog/mechanism.h"
#include "export/charts.h"
#include "export/markup.h"

namespace asynclat {
namespace {

constexpr size_t kMostCpuRows = 64;
constexpr size_t kMostTableRows = 20;

std::string figure(std::string_view title, std::string_view words, const std::string& picture) {
	return fmt::format("<figure><h3>{}</h3><p>{}</p>\n{}</figure>\n", html(title), html(words),
					   picture);
}

std::string tile(const std::string& value, std::string_view name) {
	return fmt::format(R"(<div class="tile"><b>{}</b><span>{}</span></div>)", html(value),
					   html(name));
}

std::string rate_text(uint64_t count, uint64_t length_ns) {
	if (!length_ns) return "";
	const double rate = static_cast<double>(count) * 1e9 / static_cast<double>(length_ns);
	return rate < 10 ? fmt::format("{:.2g}", rate) : count_text(static_cast<uint64_t>(rate + 0.5));
}

std::string tiles(const Histogram& h, const Stage& stage, const std::string& items,
				  uint64_t length_ns) {
	return fmt::format(
		R"(<div class="tiles">{}{}{}{}{}</div>)"
		"\n",
		tile(count_text(h.count()), items), tile(rate_text(h.count(), length_ns), "a second"),
		tile(short_duration_text(h.quantile(0.5)), fmt::format("{} p50", stage.name)),
		tile(short_duration_text(h.quantile(0.99)), fmt::format("{} p99", stage.name)),
		tile(short_duration_text(h.max.value_ns), fmt::format("{} max", stage.name)));
}

std::string where(const Peak& max, const Description& description) {
	if (!max.mono_ns) return "";
	std::string text =
		fmt::format("The longest, {}, was on CPU {}", short_duration_text(max.value_ns), max.cpu);
	if (!max.function.empty()) text += fmt::format(" in {}", max.function);
	return text + fmt::format(" at {}.", utc_text(description.start_wall_ns + max.mono_ns -
												  description.start_mono_ns));
}

// A stage of all classes; where the first has no name the others are late by design, and left out.
StageData whole_stage(const MechanismData& data, al_stage id) {
	const bool plain_only = mechanism(data.mechanism).classes.front().empty();
	StageData whole{id, AL_CLASS_PLAIN, {}, {}};
	for (const StageData& s : data.stages) {
		if (s.stage != id || (plain_only && s.item_class != AL_CLASS_PLAIN)) continue;
		whole.cpus.resize(std::max(whole.cpus.size(), s.cpus.size()));
		for (size_t i = 0; i < s.cpus.size(); i++) whole.cpus[i].merge(s.cpus[i]);
	}
	return whole;
}

// Neighbours together where CPUs are many.
std::vector<CpuRow> cpu_rows(const StageData& stage, const Description& description) {
	std::vector<CpuRow> rows;
	const size_t a_row = (stage.cpus.size() + kMostCpuRows - 1) / kMostCpuRows;
	for (size_t i = 0; i < stage.cpus.size(); i += a_row) {
		const size_t end = std::min(i + a_row, stage.cpus.size());
		CpuRow row{fmt::format("{}", description.cpus.at(i)), {}};
		if (end - i > 1) row.name += fmt::format("-{}", description.cpus.at(end - 1));
		for (size_t c = i; c < end; c++) row.histogram.merge(stage.cpus[c]);
		rows.push_back(std::move(row));
	}
	return rows;
}

std::vector<StageRow> stage_rows(const MechanismData& data, const Mechanism& m) {
	std::vector<StageRow> rows;
	const std::vector<al_stage> parts = parts_of(m);
	for (const Stage& s : m.stages) {
		if (s.to == headline(m).from) continue;
		Histogram all = whole_stage(data, s.id).all_cpus();
		if (!all.empty())
			rows.push_back({std::string(s.name), std::move(all),
							std::ranges::find(parts, s.id) != parts.end()});
	}
	return rows;
}

std::string table(const MechanismData& data, al_group_kind kind, uint64_t length_ns) {
	std::vector<const GroupData*> rows;
	for (const GroupData& g : data.groups)
		if (g.kind == kind && !g.histogram.empty()) rows.push_back(&g);
	if (rows.empty()) return "";
	std::stable_sort(rows.begin(), rows.end(), [](const GroupData* a, const GroupData* b) {
		return a->histogram.sum_ns > b->histogram.sum_ns;
	});
	std::string text = fmt::format(
		R"(<div class="card"><h3>{}</h3><div class="scroll"><table><tr><th>by total wait</th>)"
		"<th>count</th><th>a second</th><th>p50</th><th>p99</th><th>max</th><th>total</th></tr>\n",
		html(group_kind_name(kind)));
	for (size_t i = 0; i < std::min(rows.size(), kMostTableRows); i++) {
		const Histogram& h = rows[i]->histogram;
		text += fmt::format(
			"<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></"
			"tr>\n",
			html(rows[i]->name), count_text(h.count()), rate_text(h.count(), length_ns),
			short_duration_text(h.quantile(0.5)), short_duration_text(h.quantile(0.99)),
			short_duration_text(h.max.value_ns), short_duration_text(h.sum_ns));
	}
	text += "</table></div>";
	if (rows.size() > kMostTableRows)
		text += fmt::format("<p>and {} more</p>", rows.size() - kMostTableRows);
	return text + "</div>\n";
}

std::string books_text(const Books& books, std::optional<uint64_t> measured) {
	std::string text;
	for (const Identity& identity : identities(books, measured)) {
		text += html(identity.text()) + "\n";
		if (const int64_t residue = identity.residue())
			text += fmt::format("<span class=\"off\">  off by {}</span>\n", residue);
	}
	const auto missed = books.get(AL_MISSED);
	text += missed
				? fmt::format("missed {}, lost {}\n", count_text(*missed), count_text(books.lost()))
				: fmt::format("missed unknown, lost {}\n", count_text(books.lost()));
	return text;
}

std::string books_card(const MechanismData& data, const Mechanism& m) {
	std::string text = R"(<div class="card"><h3>books</h3><pre>)";
	const bool has_headline = data.stage(headline(m).id) != nullptr;
	text +=
		books_text(data.books, has_headline ? std::optional(data.headline_count()) : std::nullopt);
	for (const StageData& s : data.stages)
		if (s.books)
			text += fmt::format("\n{}\n{}", html(stage(s.stage).name),
								books_text(*s.books, s.all_cpus().count()));
	return text + "</pre></div>\n";
}

std::string section(const MechanismData& data, const TimeColumns* over_time,
					const Description& description, uint64_t length_ns) {
	const Mechanism& m = mechanism(data.mechanism);
	const Stage& first = headline(m);
	std::string text =
		fmt::format("<section><h2>{}</h2><p>{}</p>\n", html(m.name), html(m.summary));
	if (data.books.lost())
		text += fmt::format("<p class=\"lost\">lost {} ({:.2g} %)</p>\n",
							count_text(data.books.lost()), data.books.loss_percent());
	const StageData whole = whole_stage(data, first.id);
	const Histogram all = whole.all_cpus();
	std::string pictures;
	if (!all.empty()) {
		std::string items = "items";
		if (const uint64_t others = data.all_classes(first.id).count() - all.count())
			items += fmt::format(", without {} {}", count_text(others), m.classes.back());
		text += tiles(all, first, items, length_ns);
		pictures += figure(first.name, where(all.max, description), histogram_chart(all));
	}
	if (const auto rows = stage_rows(data, m); !rows.empty())
		pictures += figure("stages",
						   std::string("Thick: p50 to p99. Thin: to the maximum.") +
							   (std::any_of(rows.begin(), rows.end(),
											[](const StageRow& row) { return row.is_part; })
									? " On top: each stage's share of all the time waited."
									: ""),
						   stage_chart(rows));
	if (!all.empty()) {
		pictures +=
			figure("CPUs", fmt::format("{}: latency to the right, a shade a count.", first.name),
				   cpu_chart(cpu_rows(whole, description)));
		if (over_time)
			pictures += figure("over time", fmt::format("{}: latency upwards, UTC.", first.name),
							   time_chart(over_time->columns(), description.start_mono_ns,
										  description.start_wall_ns));
	} else {
		text += fmt::format("<p>There was no {}.</p>\n", html(first.name));
	}
	for (const al_group_kind kind : m.groups) pictures += table(data, kind, length_ns);
	return text + "<div class=\"grid\">\n" + pictures + books_card(data, m) + "</div></section>\n";
}

}  // namespace

void HtmlPage::add(const Interval& interval) {
	for (const MechanismData& m : interval.data.mechanisms)
		over_time_[m.mechanism].add(
			{interval.data.mono_ns - interval.length_ns, interval.data.mono_ns,
			 whole_stage(m, headline(mechanism(m.mechanism)).id).all_cpus()});
}

std::string HtmlPage::text(const Interval& total, const Description& description,
						   std::string_view reason) const {
	const std::string host = host_.empty() ? "a host" : host_;
	std::string text = fmt::format(
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		"'unsafe-inline'\"/>\n<title>asynclat: {}</title>\n<style>{}</style></head>\n<body>\n",
		html(host), page_style());
	text += fmt::format(
		"<header><h1>How long deferred work waits on {}</h1>\n<p>Linux {}, {} CPUs. {}, for {}"
		"{}.</p></header>\n<main>\n",
		html(host), html(description.kernel), description.cpus.size(),
		utc_text(description.start_wall_ns), short_duration_text(total.length_ns),
		reason == "truncated" ? "; the recording is cut off here" : "");
	for (const MechanismInfo& info : description.mechanisms) {
		const auto over_time = over_time_.find(info.mechanism);
		if (const MechanismData* const data = total.data.find(info.mechanism))
			text += section(*data, over_time == over_time_.end() ? nullptr : &over_time->second,
							description, total.length_ns);
	}
	text += "</main>\n";
	for (const std::string& note : description.notes)
		text += fmt::format("<p>{}</p>\n", html(note));
	return text + fmt::format(
					  "<footer>Made by asynclat {}. Quantiles are upper edges of buckets, up "
					  "to 12.5 % too large; counts and maxima are exact.</footer>\n"
					  "</body></html>\n",
					  html(description.version));
}

}  // namespace asynclat
