#include "kernel/session.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <set>

#include "base/clock.h"
#include "base/cpu_list.h"
#include "kernel/cpus.h"
#include "kernel/probe.h"
#include "kernel/topology.h"

namespace asynclat {
namespace {

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kSweepAgeNs = 10'000 * kMs;
// At the end: how long items may take to leave, and the time between the two last sweeps.
constexpr uint64_t kDrainNs = 20 * kMs;
constexpr uint64_t kLastSweepsNs = 100 * kMs;
// The oldest items: how many are told of beside each mechanism's, and how often they are looked for
// at most, which is a little more often than ten times a second.
constexpr size_t kOldest = 10;
constexpr uint64_t kOldestEveryNs = 90 * kMs;

void pause(uint64_t ns) { usleep(static_cast<useconds_t>(ns / 1000)); }

// `total resident ...`, in pages.
uint64_t resident_bytes(const std::string& statm) {
	uint64_t resident = 0;
	const size_t second = statm.find(' ') + 1;
	std::from_chars(statm.data() + second, statm.data() + statm.size(), resident);
	return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// Before 5.11 maps count against this limit; where it cannot be raised, loading will tell.
void raise_memlock() {
	const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const Request& request, Facts facts,
											   const std::shared_ptr<const Symbols>& symbols,
											   const std::string& version) {
	const auto cpus = possible_cpus();
	if (!cpus) return cpus.error();
	if (!request.functions.empty() && symbols->empty())
		return Error{Exit::unsupported, "--function needs the addresses of kernel functions",
					 "/proc/kallsyms shows none (kptr_restrict, CAP_SYSLOG)",
					 "run as root, or with kernel.kptr_restrict at 0 or 1"};
	raise_memlock();
	std::unique_ptr<Session> session(new Session(request, std::move(facts), symbols, *cpus));
	// Each round leaves out at least one more hook, so this ends.
	for (bool whole = false; !whole;) {
		if (auto fine = session->plan(); !fine) return fine.error();
		whole = true;
		for (const std::string_view object : session->plan_.objects()) {
			if (session->families_.contains(object)) continue;
			const auto opened = session->open_family(object);
			if (!opened) return opened.error();
			whole &= *opened;
		}
	}
	session->describe(version);
	for (auto& [object, family] : session->families_)
		if (auto done = family->start(); !done) return done.error();
	malloc_trim(0);  // loading took far more memory than measuring does
	session->description_.start_mono_ns = mono_ns();
	session->description_.start_wall_ns = now_ns(CLOCK_REALTIME);
	return session;
}

Session::Session(Request request, Facts facts, std::shared_ptr<const Symbols> symbols,
				 std::vector<uint32_t> cpus)
	: request_(std::move(request)),
	  facts_(std::move(facts)),
	  symbols_(std::move(symbols)),
	  functions_(symbols_->select(request_.functions)),
	  description_{.cpus = std::move(cpus)} {}

Session::~Session() {
	for (auto& [object, family] : families_) family->detach();
}

Status Session::plan() {
	plan_ = make_plan(catalog(), facts_, request_);
	return check(plan_, facts_, request_);
}

Result<bool> Session::open_family(std::string_view object) {
	auto part = plan_.part(object);
	BpfConfig config = make_bpf_config(part, request_, facts_, description_.cpus.back() + 1);
	config.sizes.functions = std::max<uint32_t>(1, functions_.addresses.size());
	const auto hooks = plan_.hooks(object);
	auto loaded = BpfObject::load(object, config, hooks);
	std::map<std::string, std::string> refused;
	if (loaded) {
		const auto online = online_cpus();
		if (!online) return online.error();
		auto family = std::make_unique<Family>(std::move(*loaded), config, std::move(part), facts_,
											   description_.cpus, *symbols_);
		if (auto done = family->select(functions_.addresses); !done) return done.error();
		refused = family->attach(hooks, *online);
		if (refused.empty()) {
			families_.emplace(object, std::move(family));
			return true;
		}
	} else {
		refused = probe(object, hooks, config, facts_);
		if (refused.empty()) {
			if (!request_.mechanisms.empty()) return loaded.error();
			// Together they cannot be loaded, one by one they can: go on without this family.
			for (const Hook* hook : hooks)
				refused[std::string(hook->program)] = loaded.error().evidence;
		}
	}
	facts_.refused.merge(refused);
	return false;
}

void Session::describe(const std::string& version) {
	description_.version = version;
	description_.kernel = facts_.release;
	description_.topology = read_topology();
	for (const auto& [object, family] : families_) description_.map_bytes += family->map_bytes();
	for (const std::string& glob : functions_.unmatched)
		description_.notes.push_back(fmt::format("--function {} matches no function", glob));
	for (const MechanismPlan& m : plan_.mechanisms) {
		if (!m.wanted) continue;
		if (!m.runs()) {
			description_.notes.push_back(
				fmt::format("{} is not measured: {}", m.mechanism->name, m.why_not()));
			continue;
		}
		MechanismInfo info{.mechanism = m.mechanism->id};
		for (const PointPlan& p : m.points)
			if (p.used)
				info.hooks[std::string(p.point->name)] =
					fmt::format("{}:{}", hook_kind_name(p.hook->kind), p.hook->target);
		for (const StagePlan& s : m.stages) {
			if (m.collects(s.stage->id)) info.stages.push_back(s.stage->id);
			if (const std::string why = m.why_unrefined(*s.stage); s.collected() && !why.empty())
				description_.notes.push_back(fmt::format("{} {} {}: {}", m.mechanism->name,
														 s.stage->name, s.stage->unrefined, why));
			if (s.wanted && !s.works()) {
				info.unavailable[std::string(s.stage->name)] = s.why;
				description_.notes.push_back(fmt::format("{} {} is not measured: {}",
														 m.mechanism->name, s.stage->name, s.why));
			}
		}
		description_.mechanisms.push_back(std::move(info));
	}
	if (plan_.runs(AL_WORKQUEUE) && !facts_.address("wq_barrier_func"))
		description_.notes.emplace_back(
			"flush barriers count as unmatched starts: the address of wq_barrier_func is hidden");
}

Snapshot Session::stamp(std::vector<MechanismData> mechanisms) const {
	Snapshot snapshot{.mono_ns = mono_ns(), .wall_ns = now_ns(CLOCK_REALTIME)};
	const auto events = [](const Books& b) {
		return b.value(AL_QUEUED) + b.value(AL_STARTED) + b.value(AL_FINISHED) +
			   b.value(AL_UNMATCHED_END);
	};
	for (const MechanismData& m : mechanisms) {
		snapshot.overhead.events += events(m.books);
		for (const StageData& s : m.stages)
			if (s.books) snapshot.overhead.events += events(*s.books);
	}
	snapshot.overhead.cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	snapshot.overhead.rss_bytes = resident_bytes(statm_.read());
	snapshot.mechanisms = std::move(mechanisms);
	snapshot.oldest = oldest_;
	return snapshot;
}

// In the catalog's order, whatever the order of the families.
Snapshot Session::collect(std::vector<MechanismData> (Family::*reading)()) {
	std::vector<MechanismData> all;
	for (auto& [object, family] : families_)
		for (MechanismData& m : ((*family).*reading)()) all.push_back(std::move(m));
	std::sort(all.begin(), all.end(), [](const MechanismData& a, const MechanismData& b) {
		return a.mechanism < b.mechanism;
	});
	return stamp(std::move(all));
}

Result<uint64_t> Session::sweep(uint64_t min_age_ns) {
	uint64_t waiting = 0;
	for (auto& [object, family] : families_) {
		const auto round = family->sweep(mono_ns(), min_age_ns);
		if (!round) return round;
		waiting += *round;
	}
	return waiting;
}

void Session::set_phase(al_phase phase) {
	for (auto& [object, family] : families_) family->set_phase(phase);
}

uint64_t Session::pending() {
	uint64_t total = 0;
	for (auto& [object, family] : families_) total += family->pending();
	return total;
}

Status Session::tend() {
	const auto online = parse_cpu_list(online_.read());
	for (auto& [object, family] : families_)
		if (online) family->follow(*online);
	if (auto waiting = sweep(kSweepAgeNs); !waiting) return waiting.error();
	return Nothing{};
}

std::vector<Item> Session::take_items() {
	std::vector<Item> items;
	for (const auto& [object, family] : families_)
		for (Item& item : family->take_items()) items.push_back(std::move(item));
	std::ranges::sort(items, {}, &Item::started_mono_ns);
	return items;
}

std::vector<Run> Session::take_runs() {
	std::vector<Run> runs;
	for (const auto& [object, family] : families_)
		for (Run& run : family->take_runs()) runs.push_back(std::move(run));
	std::ranges::sort(runs, {}, &Run::ended_mono_ns);
	return runs;
}

Status Session::find_oldest() {
	const uint64_t now = mono_ns();
	if (now < oldest_at_ + kOldestEveryNs) return Nothing{};
	oldest_at_ = now;
	oldest_.clear();
	for (auto& [object, family] : families_) {
		auto found = family->oldest(now, request_);
		if (!found) return found.error();
		for (WaitingItem& item : *found) oldest_.push_back(std::move(item));
	}
	std::ranges::sort(oldest_, {}, &WaitingItem::since_mono_ns);
	// Each mechanism's oldest is told, whatever hangs elsewhere.
	std::set<al_mechanism> told;
	size_t rank = 0;
	std::erase_if(oldest_, [&](const WaitingItem& item) {
		const bool first = told.insert(mechanism_of(item.stage).id).second;
		return rank++ >= kOldest && !first;
	});
	return Nothing{};
}

Result<Snapshot> Session::read() {
	if (auto done = find_oldest(); !done) return done.error();
	return collect(&Family::read);
}

Result<Snapshot> Session::finish() {
	// Before the books close, and with them the tables.
	oldest_at_ = 0;
	if (auto done = find_oldest(); !done) return done.error();
	set_phase(AL_DRAINING);
	const uint64_t drained_by = mono_ns() + kDrainNs;
	do {
		pause(kMs);
	} while (mono_ns() < drained_by && pending());
	for (auto& [object, family] : families_) family->sweep_anew();
	auto waiting = sweep(0);
	if (waiting && *waiting) {
		pause(kLastSweepsNs);
		waiting = sweep(0);
	}
	if (!waiting) return waiting.error();
	set_phase(AL_CLOSED);
	for (auto& [object, family] : families_) family->detach();
	return collect(&Family::read_last);
}

}  // namespace asynclat
