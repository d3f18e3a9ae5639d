#include "kernel/family.h"

#include <bpf/bpf.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace asynclat {

Family::Family(BpfObject object, const BpfConfig& config, std::vector<MechanismPlan> part,
			   const Facts& facts, const std::vector<uint32_t>& cpus, const Symbols& symbols)
	: part_(std::move(part)),
	  facts_(facts),
	  config_(config),
	  object_(std::move(object)),
	  control_(object_.map(".data.control", true)),
	  reader_(object_, config_, part_, facts, cpus, symbols),
	  table_(object_),
	  sweeper_(object_, table_),
	  oldest_(object_, table_, part_.front().mechanism->id, config_.config),
	  submitters_(object_, symbols) {}

std::map<std::string, std::string> Family::attach(std::span<const Hook* const> hooks,
												  std::span<const uint32_t> online) {
	std::map<std::string, std::string> refused;
	for (const Hook* hook : hooks)
		if (auto done = object_.attach(*hook, facts_.address(hook->target), online); !done)
			refused[std::string(hook->program)] = done.error().evidence;
	return refused;
}

Status Family::select(const std::vector<uint64_t>& functions) {
	const int fd = object_.map_fd("functions");
	for (const uint64_t address : functions) {
		const uint8_t listed = 1;
		if (bpf_map_update_elem(fd, &address, &listed, BPF_ANY))
			return Error{.what = "cannot write the function filter",
						 .evidence = std::strerror(errno)};
	}
	return Nothing{};
}

Status Family::start() {
	if (auto done = object_.run("al_init"); !done) return done;
	if (config_.config.min_ns)
		if (auto done = outliers_.open(object_, function_names(), submitters_); !done) return done;
	set_phase(AL_OPEN);
	return Nothing{};
}

std::function<std::string(uint64_t)> Family::function_names() {
	return [this](uint64_t address) { return reader_.function_name(address); };
}

void Family::set_phase(al_phase phase) {
	std::atomic_ref<uint32_t>(control_.as<al_control>().front().phase).store(phase);
}

Result<uint64_t> Family::sweep(uint64_t now_ns, uint64_t min_age_ns) {
	return sweeper_.round(now_ns, min_age_ns);
}

Result<std::vector<WaitingItem>> Family::oldest(uint64_t now_ns, const Request& request) {
	return oldest_.find(now_ns, request, function_names(), submitters_);
}

std::vector<MechanismData> Family::read_last() {
	std::vector<MechanismData> last = reader_.read();
	const InFlight counted = sweeper_.count(part_.front().mechanism->id);
	const auto settle = [&](Books& books, uint32_t ledger) {
		if (books.get(AL_QUEUED)) books.set(AL_PENDING, counted.pending[ledger]);
		if (books.get(AL_FINISHED)) books.set(AL_RUNNING, counted.running[ledger]);
	};
	for (MechanismData& m : last) {
		settle(m.books, m.mechanism);
		for (StageData& s : m.stages)
			if (s.books) settle(*s.books, *asynclat::stage(s.stage).ledger);
	}
	return last;
}

}  // namespace asynclat
