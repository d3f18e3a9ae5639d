#include "kernel/reader.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "kernel/fixed_text.h"

namespace asynclat {
namespace {

// Programs that saw the old epoch leave within this: they run without sleeping.
constexpr useconds_t kWritersLeaveUs = 50;

template <typename Word>
uint64_t load(Word& word) {
	return std::atomic_ref(word).load(std::memory_order_relaxed);
}

template <typename Word>
uint64_t take(Word& word) {
	return std::atomic_ref(word).exchange(0, std::memory_order_relaxed);
}

// Extremes of both slots; `where` is the word that says where the maximum was.
struct Extremes {
	uint64_t min_ns = kNoMinimum;
	uint64_t max_ns = 0;
	uint64_t at_ns = 0;
	uint64_t where = 0;

	void widen(uint64_t min_plus_one, uint64_t max, uint64_t at, uint64_t place) {
		if (min_plus_one) min_ns = std::min(min_ns, min_plus_one - 1);
		if (max < max_ns || (max == 0 && at_ns)) return;
		max_ns = max;
		at_ns = at;
		where = place;
	}
};

}  // namespace

Reader::Reader(const BpfObject& object, const BpfConfig& config,
			   const std::vector<MechanismPlan>& part, const Facts& facts,
			   const std::vector<uint32_t>& cpus, const Symbols& symbols)
	: object_(object),
	  config_(config),
	  part_(part),
	  facts_(facts),
	  cpus_(cpus),
	  symbols_(symbols),
	  control_(object.map(".data.control", true)),
	  rows_(object.map("rows", true)),
	  groups_(object.map("groups", true)),
	  books_(object.map("books", false)) {}

std::vector<MechanismData> Reader::read() {
	al_control& control = control_.as<al_control>().front();
	std::atomic_ref<uint32_t>(control.epoch).fetch_xor(1);
	usleep(kWritersLeaveUs);
	std::vector<MechanismData> result;
	for (const MechanismPlan& m : part_) {
		const al_mechanism id = m.mechanism->id;
		MechanismData data{.mechanism = id};
		// Before the rows: what is in flight then shows as measured but not yet in the books.
		if (m.keeps_own_books()) data.books = read_books(m, id, m.mechanism->books);
		for (const StagePlan& s : m.stages) {
			if (!s.collected()) continue;
			for (size_t c = 0; c < class_count(*m.mechanism, *s.stage); c++) {
				StageData stage{s.stage->id, static_cast<al_class>(c), {}, {}};
				if (s.stage->ledger && c == 0)
					stage.books = read_books(m, *s.stage->ledger, s.stage->books);
				const uint32_t index = config_.config.row_of[s.stage->id][c];
				for (const uint32_t cpu : cpus_)
					stage.cpus.push_back(
						read_row(rows_.as<al_row>()[cpu * config_.config.rows_per_cpu + index],
								 of_cpu(cpu)));
				data.stages.push_back(std::move(stage));
			}
		}
		read_groups(data);
		result.push_back(std::move(data));
	}
	return result;
}

Histogram Reader::read_row(al_row& row, const Place& place) {
	Histogram histogram;
	for (uint32_t i = 0; i < AL_BUCKETS; i++) histogram.buckets[i] = load(row.buckets[i]);
	histogram.sum_ns = load(row.sum);

	const uint32_t writing = control_.as<al_control>().front().epoch & 1;
	al_extreme& idle = row.extremes[writing ^ 1];
	al_extreme& live = row.extremes[writing];
	Extremes extremes;
	const uint64_t at = load(idle.max_at), where = place.word(idle);
	extremes.widen(take(idle.min_plus_one), take(idle.max), at, where);
	// What came since the flip is counted above, so its extremes are due now; they stay for the
	// next read too, which will count the rest of that epoch.
	// Programs write the maximum last: read first, what goes with it is at least as new.
	const uint64_t min_plus_one = load(live.min_plus_one), max = load(live.max);
	extremes.widen(min_plus_one, max, load(live.max_at), place.word(live));
	histogram.min_ns = extremes.min_ns;
	histogram.max = place.peak(extremes.max_ns, extremes.at_ns, extremes.where);
	return histogram;
}

Reader::Place Reader::of_cpu(uint32_t cpu) {
	return {[](al_extreme& e) { return load(e.max_function); },
			[this, cpu](uint64_t max_ns, uint64_t at_ns, uint64_t function) {
				return Peak{max_ns, at_ns, cpu, function ? function_name(function) : ""};
			}};
}

Reader::Place Reader::of_group() {
	return {[](al_extreme& e) { return load(e.max_cpu); },
			[](uint64_t max_ns, uint64_t at_ns, uint64_t cpu) {
				return Peak{max_ns, at_ns, static_cast<uint32_t>(cpu), ""};
			}};
}

void Reader::read_groups(MechanismData& data) {
	for (uint32_t kind = 0; kind < AL_GROUP_KINDS; kind++) {
		const uint32_t base = config_.config.group_base[data.mechanism][kind];
		if (base == AL_NO_GROUP) continue;
		// Several workqueues may share a name: one row for people.
		std::map<std::string, Histogram> by_name;
		for (uint32_t i = 0; i <= AL_GROUP_ROWS; i++) {
			al_group& group = groups_.as<al_group>()[base + i];
			const bool other = i == AL_GROUP_ROWS;
			if (!other && !load(group.key)) continue;
			const Histogram histogram = read_row(group.row, of_group());
			if (histogram.empty()) continue;
			by_name[group_name(group, static_cast<al_group_kind>(kind), other)].merge(histogram);
		}
		for (auto& [name, histogram] : by_name)
			data.groups.push_back({static_cast<al_group_kind>(kind), name, std::move(histogram)});
	}
}

Books Reader::read_books(const MechanismPlan& plan, uint32_t ledger, std::span<const Book> books) {
	std::array<uint64_t, AL_BOOKS> total{};
	for (const uint32_t cpu : cpus_) {
		al_books& counted = books_.as<al_books>()[cpu * AL_LEDGERS + ledger];
		for (uint32_t b = 0; b < AL_BOOKS; b++) total[b] += load(counted.count[b]);
	}
	Books result;
	for (const Book& book : books)
		if (plan.counts(book) && (book.symbol.empty() || facts_.address(book.symbol)))
			result.set(book.id, total[book.id]);
	if (config_.config.min_ns && ledger < AL_MECHANISMS)
		result.set(AL_ITEMS_DROPPED, total[AL_ITEMS_DROPPED]);
	if (config_.config.tell_runs && ledger < AL_MECHANISMS)
		result.set(AL_RUNS_DROPPED, total[AL_RUNS_DROPPED]);
	uint64_t missed = 0;
	for (const Hook* hook : plan.hooks(ledger)) {
		const auto of_hook = object_.missed(*hook);
		if (!of_hook) return result;  // unknown for one is unknown for all
		missed += *of_hook;
	}
	result.set(AL_MISSED, missed);
	return result;
}

uint64_t Reader::pending() {
	uint64_t total = 0;
	const auto add = [&](const MechanismPlan& m, uint32_t ledger, std::span<const Book> books) {
		total += derived_pending(read_books(m, ledger, books), 0);
	};
	for (const MechanismPlan& m : part_) {
		add(m, m.mechanism->id, m.mechanism->books);
		for (const StagePlan& s : m.stages)
			if (s.collected() && s.stage->ledger) add(m, *s.stage->ledger, s.stage->books);
	}
	return total;
}

std::string Reader::group_name(const al_group& group, al_group_kind kind, bool other) {
	if (other) return std::string(kOtherGroup);
	switch (kind) {
		case AL_BY_FUNCTION:
			return function_name(group.key);
		case AL_BY_WORKQUEUE:
		case AL_BY_WORKER:
		case AL_BY_SPAWNED:
		case AL_BY_WOKEN:
			return text_of(group.name);
		default:
			break;
	}
	// As kworkers are named: the CPU's number, or `u` and the pool's.
	std::string name = group.cpu >= 0 ? fmt::format("cpu{}", group.cpu)
									  : fmt::format("u{} node {}", group.id, group.node);
	if (group.flags & AL_GROUP_BH) name += " BH";
	if (group.nice) name += fmt::format(" nice {}", group.nice);
	return name;
}

std::string Reader::function_name(uint64_t address) {
	const auto found = function_names_.find(address);
	if (found != function_names_.end()) return found->second;
	return function_names_.emplace(address, symbols_.name(address)).first->second;
}

}  // namespace asynclat
