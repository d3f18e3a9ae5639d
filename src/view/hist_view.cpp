#include "view/hist_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/mechanism.h"
#include "view/books_view.h"
#include "view/group_rows.h"
#include "view/hist_block.h"
#include "view/oldest_view.h"

namespace asynclat {
namespace {

using Title = std::vector<std::string>;

// Builds the view block by block.
class Blocks {
public:
	Blocks(const Description& description, const HistOptions& options)
		: description_(description), options_(options), frame_(options.width) {}

	void add_stage(const Mechanism& mechanism, const MechanismData& data, const Stage& stage,
				   al_class item_class) {
		const StageData* found = data.stage(stage.id, item_class);
		const Histogram whole = found ? found->all_cpus() : Histogram{};
		const std::string_view name = class_name(stage, item_class);
		const Histogram all = data.all_classes(stage.id);
		// Where every class has a name, no class is the whole: the rows hold all of them.
		const GroupWord* word =
			by_group() ? group_word(mechanism, stage, options_.split_by) : nullptr;
		if (word && !mechanism.classes.front().empty() && !all.empty()) {
			if (item_class == AL_CLASS_PLAIN)
				add_groups({fmt::format("{} {}", mechanism.name, stage.name)}, data, all, *word);
			return;
		}
		if (whole.empty() && (item_class != AL_CLASS_PLAIN || !all.empty())) return;

		const bool requested = stage.id == AL_DW_DELAY;
		Title title = {
			fmt::format("{} {}", mechanism.name, requested ? "requested delay" : stage.name)};
		if (!name.empty()) title.emplace_back(name);

		if (whole.empty())
			add_line({title.front() + ": no events"});
		else if (requested)
			add_requested_delay(title, whole);
		else if (options_.split_by == SplitBy::cpu)
			add_cpus(title, *found);
		else if (options_.split_by == SplitBy::nothing)
			add_block(title, whole);
		else
			add_split(mechanism, data, stage, item_class, title, whole);
	}

	void add_losses(const Frame& losses) {
		if (losses.rows().empty()) return;
		separate(false);
		frame_.append(losses);
	}

	void add_oldest(const std::string& words) {
		if (words.empty()) return;
		separate(false);
		frame_.flow({words}, "", {0, 2}, Style::warning);
	}

	Frame take() { return std::move(frame_); }

private:
	[[nodiscard]] bool by_group() const {
		return options_.split_by != SplitBy::nothing && options_.split_by != SplitBy::cpu;
	}

	// An empty row on both sides of a block, none between lines.
	void separate(bool before_block) {
		if (!frame_.rows().empty() && (before_block || after_block_)) frame_.new_row();
		after_block_ = before_block;
	}

	void add_line(const std::vector<std::string>& words) {
		separate(false);
		frame_.flow(words, "  ", {0, 2});
	}

	void add_block(Title title, const Histogram& histogram, const std::string& part = {}) {
		if (!part.empty()) title.push_back(part);
		const Unit unit = options_.nanoseconds ? Unit::nsecs : Unit::usecs;
		const WallClock clock{description_.start_mono_ns, description_.start_wall_ns};
		separate(true);
		frame_.append(hist_block(title, histogram, unit, clock, options_.width));
	}

	void add_cpus(const Title& title, const StageData& stage) {
		for (size_t i = 0; i < stage.cpus.size(); i++)
			if (!stage.cpus[i].empty())
				add_block(title, stage.cpus[i], fmt::format("cpu {}", description_.cpus.at(i)));
	}

	// Of items that have rows, the headline's plain class only is split; the rest is shown whole.
	void add_split(const Mechanism& mechanism, const MechanismData& data, const Stage& stage,
				   al_class item_class, const Title& title, const Histogram& whole) {
		const Stage& split = stage.ledger ? stage : headline(mechanism);
		const GroupWord* word = group_word(mechanism, split, options_.split_by);
		if (!word)
			add_block(title, whole);
		else if (stage.id == split.id && item_class == AL_CLASS_PLAIN)
			add_groups(title, data, whole, *word);
		else
			add_block(title, whole, fmt::format("all {}", word->all));
	}

	void add_groups(const Title& title, const MechanismData& data, const Histogram& whole,
					const GroupWord& word) {
		const std::vector<GroupData> rows = groups_of(data, word.kind);
		if (rows.empty()) add_block(title, whole, fmt::format("all {}", word.all));
		for (const GroupData& row : rows)
			add_block(title, row.histogram,
					  row.name == kOtherGroup ? fmt::format("other {}", word.all)
											  : fmt::format("{} {}", word.one, row.name));
	}

	void add_requested_delay(const Title& title, const Histogram& delay) {
		const bool extremes = delay.min_ns != kNoMinimum;
		Title words = {fmt::format("{}: n {}", fmt::join(title, ", "), with_commas(delay.count()))};
		if (extremes) words.push_back("min " + duration(delay.min_ns));
		words.push_back("p50 " + duration(delay.quantile(0.5)));
		if (extremes) words.push_back("max " + duration(delay.max.value_ns));
		add_line(words);
	}

	const Description& description_;
	const HistOptions& options_;
	Frame frame_;
	bool after_block_ = false;
};

}  // namespace

Frame hist_view(const Interval& interval, const Description& description,
				const HistOptions& options) {
	static const MechanismData kNothing;
	Blocks blocks(description, options);
	for (const MechanismInfo& info : description.mechanisms) {
		const MechanismData* found = interval.data.find(info.mechanism);
		const MechanismData& data = found ? *found : kNothing;
		const Mechanism& row = mechanism(info.mechanism);
		for (const al_stage id : info.stages)
			for (size_t item_class = 0; item_class < row.classes.size(); item_class++)
				blocks.add_stage(row, data, stage(id), static_cast<al_class>(item_class));
		blocks.add_losses(loss_lines(data, row, options.width));
		blocks.add_oldest(oldest_words(interval, info.mechanism));
	}
	return blocks.take();
}

}  // namespace asynclat
