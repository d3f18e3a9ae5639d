#include "recording/replay.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace asynclat {
namespace {

void forget_extremes(Histogram& h) {
	h.min_ns = kNoMinimum;
	h.max = {};
}

// The counts grow; the extremes are those of what came.
void add(Histogram& counters, Histogram came) {
	for (uint32_t i = 0; i < AL_BUCKETS; i++) came.buckets[i] += counters.buckets[i];
	came.sum_ns += counters.sum_ns;
	counters = std::move(came);
}

void add(StageData& counters, StageData& came) {
	counters.cpus.resize(std::max(counters.cpus.size(), came.cpus.size()));
	for (size_t i = 0; i < came.cpus.size(); i++) add(counters.cpus[i], std::move(came.cpus[i]));
	if (came.books) counters.books = sum(counters.books.value_or(Books{}), *came.books);
}

bool before(const GroupData& a, const GroupData& b) {
	return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
}

void add(std::vector<GroupData>& counters, std::vector<GroupData>& came) {
	for (GroupData& g : counters) forget_extremes(g.histogram);
	for (GroupData& g : came) {
		const auto it = std::lower_bound(counters.begin(), counters.end(), g, before);
		if (it == counters.end() || before(g, *it))
			counters.insert(it, std::move(g));
		else
			add(it->histogram, std::move(g.histogram));
	}
}

void add(MechanismData& counters, MechanismData& came) {
	for (StageData& s : counters.stages)
		for (Histogram& h : s.cpus) forget_extremes(h);
	for (StageData& s : came.stages) {
		const auto it = std::find_if(
			counters.stages.begin(), counters.stages.end(), [&](const StageData& known) {
				return known.stage == s.stage && known.item_class == s.item_class;
			});
		if (it == counters.stages.end())
			counters.stages.push_back(std::move(s));
		else
			add(*it, s);
	}
	add(counters.groups, came.groups);
	counters.books = sum(counters.books, came.books);
}

// What difference() undoes.
void add(Snapshot& counters, Interval came) {
	counters.mono_ns = came.data.mono_ns;
	counters.wall_ns = came.data.wall_ns;
	counters.oldest = std::move(came.data.oldest);
	counters.overhead.events += came.data.overhead.events;
	counters.overhead.cpu_ns += came.data.overhead.cpu_ns;
	counters.overhead.rss_bytes = came.data.overhead.rss_bytes;
	for (MechanismData& m : came.data.mechanisms) {
		const auto it =
			std::find_if(counters.mechanisms.begin(), counters.mechanisms.end(),
						 [&](const MechanismData& k) { return k.mechanism == m.mechanism; });
		MechanismData& known = it == counters.mechanisms.end()
								   ? counters.mechanisms.emplace_back(MechanismData{m.mechanism})
								   : *it;
		add(known, m);
	}
}

}  // namespace

Replay::Replay(RecordingReader reader, Selection selection)
	: reader_(std::move(reader)),
	  selection_(std::move(selection)),
	  description_(reader_.description()),
	  latest_ns_(description_.start_mono_ns) {
	selection_.narrow(description_);
	next_ = fetch();
	after_next_ = fetch();
}

Result<std::unique_ptr<Replay>> Replay::open(int fd, Selection selection, int interrupt) {
	auto reader = RecordingReader::open(fd, interrupt);
	if (!reader) return reader.error();
	std::unique_ptr<Replay> replay(new Replay(std::move(*reader), std::move(selection)));
	if (!replay->next_)
		return replay->damage_.value_or(Error{.what = "the recording has no interval"});
	return replay;
}

std::optional<Replay::Fetched> Replay::fetch() {
	while (!damage_) {
		auto interval = reader_.next();
		if (!interval) {
			damage_ = interval.error();
			// What stands before an interval that is not there any more is whole all the same.
			left_over_ = reader_.take_items();
			selection_.narrow(left_over_.items, left_over_.runs);
			break;
		}
		if (!*interval) return std::nullopt;
		if ((*interval)->data.mono_ns >= latest_ns_) {
			latest_ns_ = (*interval)->data.mono_ns;
			Fetched fetched{std::move(**interval), reader_.take_items()};
			selection_.narrow(fetched.interval, description_);
			selection_.narrow(fetched.items.items, fetched.items.runs);
			return fetched;
		}
		out_of_order_++;
	}
	return std::nullopt;
}

std::optional<uint64_t> Replay::next_length_ns() const {
	return next_ ? std::optional(next_->interval.length_ns) : std::nullopt;
}

Result<Snapshot> Replay::advance() {
	if (!next_) return Error{.what = "the recording has no further interval"};
	add(counters_, std::move(next_->interval));
	std::ranges::move(next_->items.items, std::back_inserter(items_));
	std::ranges::move(next_->items.runs, std::back_inserter(runs_));
	next_ = std::exchange(after_next_, fetch());
	if (!next_) {
		std::ranges::move(left_over_.items, std::back_inserter(items_));
		std::ranges::move(left_over_.runs, std::back_inserter(runs_));
		left_over_ = {};
	}
	return counters_;
}

std::string_view Replay::reason() const {
	return damage_ ? "truncated" : std::string_view(reader_.reason());
}

}  // namespace asynclat
