#include "view/stages_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "catalog/mechanism.h"
#include "view/quantity.h"

namespace asynclat {
namespace {

constexpr size_t kNameWidth = 8;
constexpr size_t kFigures = 26;  // to the right of a bar
constexpr int kBarsFrom = 60;    // columns
constexpr size_t kWidestBar = 120;
constexpr double kSlow = 0.99;

struct Part {
	std::string name;
	Histogram histogram;
	unsigned colour = 0;
	uint64_t slow = 0;  // items that took as long as the whole's p99 in this stage alone
};

// Cuts from one share to another out of a bar, in eighths of a cell.
void put_bar(Frame& frame, double from, double to, size_t room, unsigned colour) {
	constexpr std::u32string_view kEighths = U"▏▎▍▌▋▊▉█";
	const auto begin = std::min(room - 1, static_cast<size_t>(from * static_cast<double>(room)));
	const double length = (to - from) * static_cast<double>(room);
	auto eighths = static_cast<size_t>(std::ceil(length * 8));
	eighths = std::min(eighths, (room - begin) * 8);
	frame.put_blanks(begin);
	frame.put_glyph(kEighths.back(), eighths / 8, Style::bar, colour);
	if (eighths % 8) frame.put_glyph(kEighths[eighths % 8 - 1], 1, Style::bar, colour);
}

std::string percent(uint64_t part, uint64_t whole) {
	if (!whole) return "-";
	const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
	return part && share < 0.05 ? "<0.1%" : fmt::format("{:.1f}%", share);
}

uint64_t count_from(const Histogram& histogram, uint32_t bucket) {
	uint64_t count = 0;
	for (; bucket < AL_BUCKETS; bucket++) count += histogram.buckets[bucket];
	return count;
}

double ratio(uint64_t part, uint64_t whole) {
	return whole ? std::min(1.0, static_cast<double>(part) / static_cast<double>(whole)) : 0;
}

class Waterfall {
public:
	explicit Waterfall(const Scene& scene) : scene_(scene), frame_(scene.options.width) {
		const al_mechanism id = scene.subject.mechanism;
		const Mechanism& row = mechanism(id);
		whole_name_ = headline(row).name;
		whole_ = of(headline(row).id);
		std::vector<al_stage> parts = parts_of(row);
		split_ = !parts.empty();
		if (!is_collected(headline(row).id))
			missing_.push_back(fmt::format("{} is not collected: --stage all", whole_name_));
		if (!split_) {  // then its life: what waits is followed by what runs
			parts.push_back(headline(row).id);
			if (const Stage* run = find_stage(row, "run")) parts.push_back(run->id);
		}
		slow_from_ = al_bucket(whole_.quantile(kSlow));
		slow_ = count_from(whole_, slow_from_);
		for (size_t i = 0; i < parts.size(); i++) add(parts[i], i, parts.size());
	}

	Frame take() {
		Scene titled = scene_;
		titled.subject.stage = headline(mechanism(scene_.subject.mechanism)).id;
		frame_.append(title_row(titled, {split_ ? "by stage" : "and run"}, whole_.count()));
		if (!missing_.empty()) put_missing();
		const Frame books = books_row(titled);
		const auto height = static_cast<size_t>(std::max(1, scene_.options.height));
		const size_t wanted = frame_.rows().size() + 2 * (rows() + 1) + 2 + books.rows().size();
		if (frame_.width() >= kBarsFrom && height >= wanted) {
			// Shares are of a whole: the headline, or what a life is made of.
			if (is_collected(headline(mechanism(scene_.subject.mechanism)).id)) {
				put_shares();
				if (split_) put_slowest();
			}
			if (height >= frame_.rows().size() + books.rows().size() + rows() + 2) put_own();
		} else if (height > rows()) {
			put_table(height - rows() > 2 + missing_.size());
		} else {
			put_line();
		}
		if (height > frame_.rows().size()) frame_.append(books);
		frame_.crop(height);
		return std::move(frame_);
	}

private:
	[[nodiscard]] Histogram of(al_stage stage) const {
		const MechanismData* data = scene_.data();
		const StageData* found = data ? data->stage(stage, scene_.subject.item_class) : nullptr;
		return scene_.histogram_of(found);
	}

	[[nodiscard]] const MechanismInfo* info() const {
		return scene_.description.find(scene_.subject.mechanism);
	}
	[[nodiscard]] bool is_collected(al_stage id) const {
		const MechanismInfo* const about = info();
		return about &&
			   std::find(about->stages.begin(), about->stages.end(), id) != about->stages.end();
	}

	void add(al_stage id, size_t index, size_t parts) {
		const std::string name(stage(id).name);
		if (!is_collected(id)) {
			const MechanismInfo* const about = info();
			const bool asked = about && about->unavailable.contains(name);
			if (id != headline(mechanism(scene_.subject.mechanism)).id)
				missing_.push_back(asked ? fmt::format("{}: {}", name, about->unavailable.at(name))
										 : fmt::format("{} is not collected: --stage all", name));
			return;
		}
		Part part{name, of(id)};
		// Neighbours far apart on the scale of colours.
		part.colour =
			static_cast<unsigned>(2 + index * (kSteps - 2) / std::max<size_t>(1, parts - 1));
		part.slow = count_from(part.histogram, slow_from_);
		total_ns_ += part.histogram.sum_ns;
		parts_.push_back(std::move(part));
	}

	[[nodiscard]] uint64_t all_ns() const {
		return split_ ? std::max(whole_.sum_ns, total_ns_) : total_ns_;
	}
	[[nodiscard]] uint64_t unsplit_ns() const { return all_ns() - total_ns_; }
	[[nodiscard]] std::string rest_name() const { return missing_.empty() ? "unsplit" : "rest"; }
	// Under a heading.
	[[nodiscard]] size_t rows() const { return parts_.size() + (unsplit_ns() != 0); }
	[[nodiscard]] size_t room() const {
		return std::min(frame_.width() - kNameWidth - kFigures - 1, kWidestBar);
	}

	void put_missing() {
		for (const std::string& line : missing_) frame_.row_of({line}, "", Style::warning);
	}

	void heading(const std::string& what, const std::string& figures) {
		frame_.new_row();
		const size_t to = kNameWidth + room() + 1;
		frame_.put_within(what, to - 1, Style::header);
		frame_.pad_to(to);
		frame_.put(figures, Style::header);
	}

	void begin(const std::string& name) {
		frame_.new_row();
		frame_.put_within(name, kNameWidth - 1);
		frame_.pad_to(kNameWidth);
	}

	void figures(const std::string& text) {
		frame_.pad_to(kNameWidth + room() + 1);
		frame_.put(text);
	}

	// Each begins where the one before it ends.
	void put_shares() {
		heading(split_ ? fmt::format("share of all time in {}", whole_name_)
					   : fmt::format("share of the time from {}", "queued to finished"),
				fmt::format("{:>7}{:>10}{:>9}", "share", "time", "n"));
		double at = 0;
		const auto put = [&](const std::string& name, uint64_t ns, const std::string& n,
							 unsigned colour) {
			const double to = at + ratio(ns, all_ns());
			begin(name);
			if (ns) put_bar(frame_, at, to, room(), colour);
			figures(fmt::format("{:>7}{:>10}{:>9}", percent(ns, all_ns()), duration(ns), n));
			at = to;
		};
		for (const Part& part : parts_)
			put(part.name, part.histogram.sum_ns, short_count(part.histogram.count()), part.colour);
		if (unsplit_ns()) put(rest_name(), unsplit_ns(), "", 1);
	}

	void put_slowest() {
		frame_.new_row();
		heading(fmt::format("the {} slowest (from {}): alone that long", with_commas(slow_),
							edge(al_bucket_low(slow_from_))),
				fmt::format("{:>7}{:>10}", "items", "n"));
		const auto put = [&](const std::string& name, uint64_t count, unsigned colour) {
			begin(name);
			if (count) put_bar(frame_, 0, ratio(count, slow_), room(), colour);
			figures(fmt::format("{:>7}{:>10}", percent(count, slow_), short_count(count)));
		};
		uint64_t alone = 0;
		for (const Part& part : parts_) {
			put(part.name, part.slow, part.colour);
			alone += part.slow;
		}
		put("several", slow_ - std::min(slow_, alone), 1);
	}

	void put_own() {
		uint64_t longest = whole_.quantile(kSlow);
		for (const Part& part : parts_) longest = std::max(longest, part.histogram.quantile(kSlow));
		frame_.new_row();
		heading(
			fmt::format(
				"p99 of each stage by itself{}",
				split_ ? fmt::format(" ({}: {})", whole_name_, edge(whole_.quantile(kSlow))) : ""),
			fmt::format("{:>7}{:>10}{:>9}", "p50", "p99", "max"));
		for (const Part& part : parts_) {
			const Histogram& h = part.histogram;
			begin(part.name);
			if (!h.empty())
				put_bar(frame_, 0, ratio(h.quantile(kSlow), longest), room(), part.colour);
			figures(h.empty() ? fmt::format("{:>7}{:>10}{:>9}", "-", "-", "-")
							  : fmt::format("{:>7}{:>10}{:>9}", edge(h.quantile(0.5)),
											edge(h.quantile(kSlow)), edge(h.quantile(1))));
		}
	}

	// All in a row, where there is no room for more.
	void put_line() {
		std::vector<std::string> words;
		// The largest first: what finds no room is little.
		std::vector<Part> parts = parts_;
		std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
			return a.histogram.sum_ns > b.histogram.sum_ns;
		});
		for (const Part& part : parts)
			words.push_back(part.name + " " + percent(part.histogram.sum_ns, all_ns()));
		frame_.crop(static_cast<size_t>(scene_.options.height) - 1);
		frame_.row_of(words, " ", Style::plain);
	}

	void put_table(bool headed) {
		const auto row = [&](const std::vector<std::string>& cells, Style style) {
			frame_.new_row();
			frame_.put_within(fmt::format("{:<{}}", cells[0], kNameWidth - 1), frame_.width(),
							  style);
			for (size_t i = 1; i < cells.size(); i++)
				if (frame_.room_left() >= kNameWidth - 1)
					frame_.put(fmt::format("{:>{}}", cells[i], kNameWidth - 1), style);
		};
		if (headed) row({"stage", "share", "slow", "p99", "max", "n"}, Style::header);
		for (const Part& part : parts_) {
			const Histogram& h = part.histogram;
			row({part.name, percent(h.sum_ns, all_ns()),
				 split_ ? percent(part.slow, slow_) : std::string("-"),
				 h.empty() ? "-" : edge(h.quantile(kSlow)), h.empty() ? "-" : edge(h.quantile(1)),
				 short_count(h.count())},
				Style::plain);
		}
		if (unsplit_ns()) row({rest_name(), percent(unsplit_ns(), all_ns())}, Style::plain);
	}

	const Scene& scene_;
	Frame frame_;
	std::string whole_name_;
	Histogram whole_;
	bool split_ = false;
	uint32_t slow_from_ = 0;
	uint64_t slow_ = 0;
	uint64_t total_ns_ = 0;
	std::vector<Part> parts_;
	std::vector<std::string> missing_;
};

}  // namespace

Frame stages_view(const Scene& scene, Scale& /*scale*/) { return Waterfall(scene).take(); }

}  // namespace asynclat
