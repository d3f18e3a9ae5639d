#include "kernel/session.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>

#include "kernel/cpus.h"
#include "kernel/probe.h"

namespace asynclat {
namespace {

constexpr std::string_view kObject = "workqueue";
constexpr std::string_view kUnattached[] = {"al_init", "wq_sweep"};

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kSweepAgeNs = 10'000 * kMs;
// At the end: how long items may take to leave, and the time between the two last sweeps.
constexpr uint64_t kDrainNs = 20 * kMs;
constexpr uint64_t kLastSweepsNs = 100 * kMs;

uint64_t now(clockid_t clock) {
	timespec t{};
	clock_gettime(clock, &t);
	return static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_nsec);
}

void pause(uint64_t ns) { usleep(static_cast<useconds_t>(ns / 1000)); }

uint64_t resident_bytes() {
	std::ifstream statm("/proc/self/statm");
	uint64_t total = 0, resident = 0;
	statm >> total >> resident;
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
	raise_memlock();
	const Symbols::Selection functions = symbols->select(request.functions);
	// Each round leaves out at least one more hook, so this ends.
	for (;;) {
		Plan plan = make_plan(catalog(), facts, request);
		if (auto fine = check(plan, facts, request); !fine) return fine.error();
		if (!request.functions.empty() && symbols->empty())
			return Error{Exit::unsupported, "--function needs the addresses of kernel functions",
						 "/proc/kallsyms shows none (kptr_restrict, CAP_SYSLOG)",
						 "run as root, or with kernel.kptr_restrict at 0 or 1"};
		BpfConfig config = make_bpf_config(plan, request, facts, cpus->back() + 1);
		config.sizes.functions = std::max<uint32_t>(1, functions.addresses.size());
		const auto hooks = plan.hooks(kObject);
		auto object = BpfObject::load(kObject, config, hooks, kUnattached);
		std::map<std::string, std::string> refused;
		if (object) {
			std::unique_ptr<Session> session(
				new Session(facts, symbols, std::move(plan), config, std::move(*object), *cpus));
			session->describe(version);
			if (auto done = session->select(functions); !done) return done.error();
			for (const Hook* hook : hooks)
				if (auto done = session->object_.attach(*hook); !done)
					refused[std::string(hook->program)] = done.error().evidence;
			if (refused.empty()) {
				if (auto done = session->start(); !done) return done.error();
				return session;
			}
		} else {
			refused = probe(kObject, hooks, config);
			if (refused.empty()) return object.error();
		}
		facts.refused.merge(refused);
	}
}

Session::Session(Facts facts, std::shared_ptr<const Symbols> symbols, Plan plan, BpfConfig config,
				 BpfObject object, std::vector<uint32_t> cpus)
	: facts_(std::move(facts)),
	  symbols_(std::move(symbols)),
	  plan_(std::move(plan)),
	  config_(config),
	  object_(std::move(object)),
	  description_{.cpus = std::move(cpus)},
	  control_(object_.map(".data.control", true)),
	  reader_(object_, config_, plan_, description_.cpus, *symbols_),
	  sweeper_(object_) {}

Session::~Session() { object_.detach(); }

void Session::describe(const std::string& version) {
	description_.version = version;
	description_.kernel = facts_.release;
	description_.map_bytes = object_.map_bytes();
	for (const MechanismPlan& m : plan_.mechanisms) {
		if (!m.wanted) continue;
		if (!m.works()) {
			description_.notes.push_back(
				fmt::format("{} is not measured: {}", m.mechanism->name, m.stages.front().why));
			continue;
		}
		MechanismInfo info{.mechanism = m.mechanism->id};
		const auto used = m.hooks();
		for (const PointPlan& p : m.points)
			if (p.hook && std::find(used.begin(), used.end(), p.hook) != used.end())
				info.hooks[std::string(p.point->name)] =
					fmt::format("{}:{}", hook_kind_name(p.hook->kind), p.hook->target);
		for (const StagePlan& s : m.stages) {
			if (m.collects(s.stage->id)) info.stages.push_back(s.stage->id);
			if (s.wanted && !s.works()) {
				info.unavailable[std::string(s.stage->name)] = s.why;
				description_.notes.push_back(fmt::format("{} {} is not measured: {}",
														 m.mechanism->name, s.stage->name, s.why));
			}
		}
		description_.mechanisms.push_back(std::move(info));
	}
	if (plan_.runs(AL_WORKQUEUE) && !config_.config.wq_barrier_func)
		description_.notes.emplace_back(
			"flush barriers count as unmatched starts: the address of wq_barrier_func is hidden");
}

Status Session::select(const Symbols::Selection& functions) {
	for (const std::string& glob : functions.unmatched)
		description_.notes.push_back(fmt::format("--function {} matches no function", glob));
	const int fd = object_.map_fd("functions");
	for (const uint64_t address : functions.addresses) {
		const uint8_t listed = 1;
		if (bpf_map_update_elem(fd, &address, &listed, BPF_ANY))
			return Error{.what = "cannot write the function filter",
						 .evidence = std::strerror(errno)};
	}
	return Nothing{};
}

Status Session::start() {
	if (auto done = object_.run("al_init"); !done) return done;
	malloc_trim(0);  // loading took far more memory than measuring does
	set_phase(AL_OPEN);
	description_.start_mono_ns = now(CLOCK_MONOTONIC);
	description_.start_wall_ns = now(CLOCK_REALTIME);
	return Nothing{};
}

void Session::set_phase(al_phase phase) {
	std::atomic_ref<uint32_t>(control_.as<al_control>().front().phase).store(phase);
}

Snapshot Session::stamp(std::vector<MechanismData> mechanisms) const {
	Snapshot snapshot{.mono_ns = now(CLOCK_MONOTONIC), .wall_ns = now(CLOCK_REALTIME)};
	for (const MechanismData& m : mechanisms)
		snapshot.overhead.events += m.books.value(AL_QUEUED) + m.books.value(AL_STARTED) +
									m.books.value(AL_FINISHED) + m.books.value(AL_UNMATCHED_END);
	snapshot.overhead.cpu_ns = now(CLOCK_PROCESS_CPUTIME_ID);
	snapshot.overhead.rss_bytes = resident_bytes();
	snapshot.mechanisms = std::move(mechanisms);
	return snapshot;
}

Status Session::tend() {
	if (auto waiting = sweeper_.round(now(CLOCK_MONOTONIC), kSweepAgeNs); !waiting)
		return waiting.error();
	return Nothing{};
}

Result<Snapshot> Session::read() { return stamp(reader_.read()); }

Result<Snapshot> Session::finish() {
	set_phase(AL_DRAINING);
	const uint64_t drained_by = now(CLOCK_MONOTONIC) + kDrainNs;
	do {
		pause(kMs);
	} while (now(CLOCK_MONOTONIC) < drained_by && reader_.pending());
	sweeper_.begin_anew();
	auto waiting = sweeper_.round(now(CLOCK_MONOTONIC), 0);
	if (waiting && *waiting) {
		pause(kLastSweepsNs);
		waiting = sweeper_.round(now(CLOCK_MONOTONIC), 0);
	}
	if (!waiting) return waiting.error();
	set_phase(AL_CLOSED);
	object_.detach();

	Snapshot last = stamp(reader_.read());
	const InFlight counted = sweeper_.count();
	for (MechanismData& m : last.mechanisms) {
		m.books.set(AL_PENDING, counted.pending[m.mechanism]);
		if (config_.config.finish) m.books.set(AL_RUNNING, counted.running[m.mechanism]);
	}
	return last;
}

}  // namespace asynclat
