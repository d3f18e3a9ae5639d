#include "view/top_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "catalog/mechanism.h"
#include "view/group_rows.h"
#include "view/quantity.h"

namespace asynclat {
namespace {

constexpr size_t kNumberWidth = 7;
constexpr size_t kTimeWidth = 10;
constexpr size_t kNarrowName = 13, kWideName = 40;
constexpr size_t kShortestBar = 8, kLongestBar = 40;

struct TopRow {
	std::string name;
	Histogram histogram;
	bool mixed = false;  // `other`, or the rows that found no room

	[[nodiscard]] bool has_extremes() const { return histogram.min_ns != kNoMinimum; }
};

uint64_t key(const TopRow& row, TopSort sort) {
	switch (sort) {
		case TopSort::count:
			return row.histogram.count();
		case TopSort::p50:
			return row.histogram.quantile(0.5);
		case TopSort::p99:
			return row.histogram.quantile(0.99);
		case TopSort::max:
			return row.histogram.max.value_ns;
		case TopSort::total:
		case TopSort::name:
			break;
	}
	return row.histogram.sum_ns;
}

void sort_rows(std::vector<TopRow>& rows, TopSort sort) {
	std::vector<std::pair<uint64_t, TopRow>> keyed;
	for (TopRow& row : rows) keyed.emplace_back(key(row, sort), std::move(row));
	std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
		if (a.second.mixed != b.second.mixed) return b.second.mixed;
		if (sort == TopSort::name) return a.second.name < b.second.name;
		return a.first > b.first;
	});
	for (size_t i = 0; i < rows.size(); i++) rows[i] = std::move(keyed[i].second);
}

// At most `most` rows, from `first` on, and then all others as one.
std::vector<TopRow> fit(std::vector<TopRow> rows, size_t most, size_t first) {
	if (rows.size() <= most) return rows;
	const size_t begin = std::min(first, rows.size() - 1);
	const size_t end = std::min(begin + most - 1, rows.size());
	TopRow rest{fmt::format("+{} more", rows.size() - (end - begin)), {}, true};
	std::vector<TopRow> fitted;
	for (size_t i = 0; i < rows.size(); i++) {
		if (i >= begin && i < end)
			fitted.push_back(std::move(rows[i]));
		else
			rest.histogram.merge(rows[i].histogram);
	}
	fitted.push_back(std::move(rest));
	return fitted;
}

struct Column {
	const char* name;
	TopSort sort;
	std::string (*text)(const TopRow& row, const Scene& scene);
};

std::string at_text(const TopRow& row, const Scene& scene) {
	const Description& d = scene.description;
	if (!row.histogram.max.mono_ns) return "-";
	const uint64_t wall_ns = d.start_wall_ns + row.histogram.max.mono_ns - d.start_mono_ns;
	return time_of_day(wall_ns).substr(0, 8);
}

std::string rate_text(const TopRow& row, const Scene& scene) {
	const auto count = static_cast<double>(row.histogram.count());
	const double seconds = static_cast<double>(scene.interval.length_ns) / 1e9;
	if (seconds <= 0) return "-";
	const double rate = count / seconds;
	return rate < 99.95 ? fmt::format("{:.1f}", rate)
						: short_count(static_cast<uint64_t>(std::llround(rate)));
}

// In the order in which they are shown.
constexpr Column kColumns[] = {
	{"n", TopSort::count,
	 [](const TopRow& row, const Scene&) { return short_count(row.histogram.count()); }},
	{"rate/s", TopSort::count, rate_text},
	{"p50", TopSort::p50,
	 [](const TopRow& row, const Scene&) { return edge(row.histogram.quantile(0.5)); }},
	{"p99", TopSort::p99,
	 [](const TopRow& row, const Scene&) { return edge(row.histogram.quantile(0.99)); }},
	{"max", TopSort::max,
	 [](const TopRow& row, const Scene&) {
		 return row.has_extremes() ? edge(row.histogram.max.value_ns) : std::string("-");
	 }},
	{"max at", TopSort::max, at_text},
	{"total", TopSort::total,
	 [](const TopRow& row, const Scene&) { return edge(row.histogram.sum_ns); }},
};
// And in that in which they get room.
constexpr size_t kByWorth[] = {3, 4, 0, 6, 2, 1, 5};

size_t width_of(const Column& column) { return column.text == at_text ? kTimeWidth : kNumberWidth; }

std::vector<const Column*> columns_for(size_t width) {
	std::vector<bool> shown(std::size(kColumns));
	size_t taken = kNarrowName;
	for (const size_t i : kByWorth) {
		const size_t needed = width_of(kColumns[i]);
		if (taken + needed > width) break;
		taken += needed;
		shown[i] = true;
	}
	std::vector<const Column*> columns;
	for (size_t i = 0; i < shown.size(); i++)
		if (shown[i]) columns.push_back(&kColumns[i]);
	return columns;
}

class Table {
public:
	Table(const Scene& scene, std::string what, const std::vector<TopRow>& rows)
		: scene_(scene), what_(std::move(what)), width_(static_cast<size_t>(scene.options.width)) {
		columns_ = columns_for(width_);
		size_t taken = 0;
		for (const Column* column : columns_) taken += width_of(*column);
		const size_t room = width_ > taken ? width_ - taken : 0;
		size_t longest = what_.size();
		for (const TopRow& row : rows) {
			longest = std::max(longest, row.name.size());
			largest_ = std::max(largest_, row.histogram.sum_ns);
		}
		name_width_ = columns_.empty() ? width_ : std::min({room, kWideName, longest});
		if (room >= name_width_ + kShortestBar + 2 && columns_.size() == std::size(kColumns))
			bar_ = std::min(room - name_width_ - 2, kLongestBar);
	}

	void put_heading(Frame& frame) const {
		const TopSort sort = scene_.options.sort;
		frame.new_row();
		frame.put_within(what_, name_width_, sort == TopSort::name ? Style::title : Style::header);
		frame.pad_to(name_width_);
		for (const Column* column : columns_)
			frame.put(fmt::format("{:>{}}", column->name, width_of(*column)),
					  column->sort == sort ? Style::title : Style::header);
	}

	void put_row(Frame& frame, const TopRow& row) const {
		frame.new_row();
		frame.put_within(row.name, name_width_, row.mixed ? Style::header : Style::plain);
		frame.pad_to(name_width_);
		for (const Column* column : columns_)
			frame.put(fmt::format("{:>{}}", column->text(row, scene_), width_of(*column)));
		if (!bar_ || !largest_ || !row.histogram.sum_ns) return;
		frame.put_blanks(2);
		const auto length = static_cast<double>(row.histogram.sum_ns) /
							static_cast<double>(largest_) * static_cast<double>(bar_);
		frame.put_glyph(U'█', std::clamp<size_t>(static_cast<size_t>(length), 1, bar_), Style::bar,
						5);
	}

private:
	const Scene& scene_;
	std::string what_;
	size_t width_;
	std::vector<const Column*> columns_;
	size_t name_width_ = 0;
	size_t bar_ = 0;
	uint64_t largest_ = 0;
};

// Rows of a kind, or of the classes of the subject's stage.
std::vector<TopRow> rows_of(const Scene& scene, const GroupWord* word) {
	std::vector<TopRow> rows;
	const MechanismData* data = scene.data();
	if (!data) return rows;
	if (word) {
		for (GroupData& group : groups_of(*data, word->kind)) {
			const bool other = group.name == kOtherGroup;
			rows.push_back({std::move(group.name), std::move(group.histogram), other});
		}
		return rows;
	}
	const Mechanism& row = mechanism(scene.subject.mechanism);
	for (const StageData& stage : data->stages) {
		const std::string_view name = row.classes[stage.item_class];
		if (stage.stage == scene.subject.stage)
			rows.push_back(
				{name.empty() ? "plain" : std::string(name), scene.histogram_of(&stage)});
	}
	std::erase_if(rows, [](const TopRow& r) { return r.histogram.empty(); });
	return rows;
}

// The rows that are asked for: of the subject's stage, or else of the headline, or the first that
// one of them has; null: classes.
const GroupWord* word_shown(const Scene& scene) {
	const Mechanism& row = mechanism(scene.subject.mechanism);
	const SplitBy asked = scene.options.split_by;
	if (asked == SplitBy::item_class) return nullptr;
	for (const SplitBy split_by :
		 {asked == SplitBy::cpu ? SplitBy::nothing : asked, SplitBy::nothing})
		for (const Stage* of : {&stage(scene.subject.stage), &headline(row)})
			if (const GroupWord* word = group_word(row, *of, split_by)) return word;
	return nullptr;
}

}  // namespace

size_t top_rows(const Scene& scene) { return rows_of(scene, word_shown(scene)).size(); }

Frame top_view(const Scene& scene, Scale& /*scale*/) {
	const Mechanism& row = mechanism(scene.subject.mechanism);
	const GroupWord* const word = word_shown(scene);
	Scene shown = scene;
	if (word) {
		shown.subject = {row.id, stage_of_group(row, word->kind).id, AL_CLASS_PLAIN};
		if (scene.options.opened) shown.options.cpus.clear();  // rows are of all that is measured
	}

	std::vector<TopRow> rows = rows_of(shown, word);
	sort_rows(rows, scene.options.sort);
	Histogram all;
	for (const TopRow& r : rows) all.merge(r.histogram);
	const std::string what = word ? word->one : "class";
	const std::string of_all = word && scene.options.opened ? " of all CPUs" : "";
	const auto height = static_cast<size_t>(std::max(1, scene.options.height));
	const bool titled = height > 2, closed = height > 4;

	Frame frame(scene.options.width);
	if (titled) frame.append(title_row(shown, {"by " + what + of_all}, all.count()));
	const Frame books = closed ? books_row(shown) : Frame(scene.options.width);
	const Table table(shown, what, rows);
	if (titled) table.put_heading(frame);
	const size_t room = height - std::min(height - 1, frame.rows().size() + books.rows().size());
	for (const TopRow& r : fit(rows, room, scene.options.first_row)) table.put_row(frame, r);
	const StageData* whole = shown.stage();
	if (rows.empty() && word && whole && !shown.histogram_of(whole).empty() &&
		!scene.options.cpus.empty())
		frame.row_of({"recorded for all CPUs together: not with --cpu"}, "", Style::header);
	frame.append(books);
	frame.crop(height);
	return frame;
}

}  // namespace asynclat
