#include "kernel/sweeper.h"

#include <algorithm>

namespace asynclat {

Sweeper::Sweeper(BpfObject& object, const PendingTable& table)
	: object_(object),
	  table_(table),
	  workers_(object.map("workers", false)),
	  sweep_(object.map(".data.sweep", true)) {}

Result<std::vector<uint8_t>> Sweeper::look(const std::vector<Candidate>& candidates, bool expire) {
	al_sweep& sweep = sweep_.as<al_sweep>().front();
	std::vector<uint8_t> verdicts;
	for (size_t from = 0; from < candidates.size(); from += AL_SWEEP_KEYS) {
		const size_t count = std::min<size_t>(AL_SWEEP_KEYS, candidates.size() - from);
		sweep.count = static_cast<uint32_t>(count);
		sweep.expire = expire;
		for (size_t i = 0; i < count; i++) {
			sweep.key[i] = candidates[from + i].key;
			sweep.stamp[i] = candidates[from + i].stamp;
		}
		if (auto done = object_.run("al_sweep"); !done) return done.error();
		verdicts.insert(verdicts.end(), sweep.verdict, sweep.verdict + count);
	}
	return verdicts;
}

Result<uint64_t> Sweeper::round(uint64_t now_ns, uint64_t min_age_ns) {
	std::vector<Candidate> known, fresh;
	table_.each_entry([&](uint64_t key, uint64_t stamp, const al_item&) {
		if (stamp + min_age_ns > now_ns) return;
		const Candidate candidate{key, stamp};
		const bool suspect = std::binary_search(suspects_.begin(), suspects_.end(), candidate);
		(suspect ? known : fresh).push_back(candidate);
	});
	if (auto done = look(known, true); !done) return done.error();
	const auto verdicts = look(fresh, false);
	if (!verdicts) return verdicts.error();
	suspects_.clear();
	for (size_t i = 0; i < fresh.size(); i++)
		if ((*verdicts)[i] == AL_NOT_PENDING || (*verdicts)[i] == AL_UNREADABLE ||
			(*verdicts)[i] == AL_SET_ASIDE || (*verdicts)[i] == AL_RAN_UNSEEN)
			suspects_.push_back(fresh[i]);
	std::sort(suspects_.begin(), suspects_.end());
	return suspects_.size();
}

InFlight Sweeper::count(al_mechanism first) const {
	InFlight in_flight;
	table_.each_entry([&](uint64_t, uint64_t, const al_item& item) {
		if (item.ledger < AL_LEDGERS) in_flight.pending[item.ledger] += 1 + (item.earlier != 0);
	});
	for (const al_worker& worker : workers_.as<al_worker>()) {
		if (worker.owner && first == AL_KTHREAD) {
			in_flight.pending[AL_LEDGER_SPAWN] += worker.life == AL_LIFE_FORKED;
			in_flight.pending[AL_LEDGER_WAKEUP] += worker.kicked != 0;
		}
		if (!worker.owner || !worker.work) continue;
		if (worker.flags & AL_RUNS_WORK) in_flight.running[first] += std::max(worker.batch, 1U);
		if (worker.flags & AL_RUNS_DELAYED) in_flight.running[AL_DELAYED_WORK]++;
	}
	return in_flight;
}

}  // namespace asynclat
