#include "kernel/oldest.h"

#include <algorithm>

#include "asynclat/glob.h"
#include "catalog/mechanism.h"
#include "kernel/fixed_text.h"

namespace asynclat {
namespace {

// Of a family at most: one mechanism's many are not to hide another's.
constexpr size_t kFound = 32;

// A CPU's slot, which is odd, says what a softirq runs: nobody can ask whether it still does.
bool is_thread(uint64_t owner) { return owner && !(owner & 1); }

al_stage run_of(al_mechanism id) { return find_stage(mechanism(id), "run")->id; }

}  // namespace

Oldest::Oldest(BpfObject& object, const PendingTable& table, al_mechanism first,
			   const al_config& config)
	: object_(object),
	  table_(table),
	  first_(first),
	  config_(config),
	  control_(object.map(".data.control", false)),
	  workers_(object.map("workers", false)),
	  tell_(object.map(".data.tell", true)) {}

uint64_t Oldest::bucket_expiry_ns(const al_item& item) const {
	const auto base = static_cast<uint64_t>(control_.as<al_control>().front().jiffies_base);
	return base + item.expiry * config_.tick_ns;
}

bool Oldest::place(Candidate& candidate, const al_item& item) const {
	candidate.since_ns = candidate.stamp;
	if (item.ledger == AL_DELAYED_WORK && item.flags & AL_ITEM_QUEUED) {
		candidate.since_ns = item.activated;
		candidate.stage = AL_DW_WAIT;
		return !(config_.mechanisms >> AL_WORKQUEUE & 1);
	}
	if (item.ledger == AL_DELAYED_WORK) {
		candidate.since_ns = std::max<uint64_t>(item.due, bucket_expiry_ns(item));
		candidate.stage = AL_DW_TIMER;
		return item.expiry && !(item.flags & AL_ITEM_DEFERRABLE);
	}
	candidate.stage = item.ledger == AL_LEDGER_SPAWN
						  ? AL_KT_SPAWN
						  : headline(mechanism(static_cast<al_mechanism>(item.ledger))).id;
	return !(item.ledger == AL_IRQ_WORK && item.flags & AL_ITEM_LAZY);
}

std::vector<Oldest::Candidate> Oldest::candidates(uint64_t now_ns, uint64_t min_age_ns) const {
	const auto is_old = [&](uint64_t since) { return since + min_age_ns <= now_ns; };
	std::vector<Candidate> old;
	table_.each_entry([&](uint64_t key, uint64_t stamp, const al_item& item) {
		if (!is_old(stamp)) return;
		Candidate candidate{.function = item.function, .key = key, .stamp = stamp};
		if (place(candidate, item) && is_old(candidate.since_ns)) old.push_back(candidate);
	});
	for (const al_worker& slot : workers_.as<al_worker>()) {
		const al_worker worker = slot;  // another run may begin meanwhile: asking will tell
		if (!is_thread(worker.owner) || !worker.work || !is_old(worker.started)) continue;
		const bool plain = worker.flags & AL_RUNS_WORK;
		if (!plain && !(worker.flags & AL_RUNS_DELAYED)) continue;
		old.push_back({.stage = run_of(plain ? first_ : AL_DELAYED_WORK),
					   .since_ns = worker.started,
					   .function = worker.function,
					   .key = worker.work,
					   .stamp = worker.started,
					   .owner = worker.owner});
	}
	std::ranges::sort(old, {}, [](const Candidate& c) { return c.since_ns; });
	return old;
}

Result<std::vector<WaitingItem>> Oldest::find(uint64_t now_ns, const Request& request,
											  const FunctionName& function_name,
											  Submitters& submitters) {
	const std::vector<Candidate> old = candidates(now_ns, request.oldest_min_ns);
	std::vector<WaitingItem> found;
	// Those that were cancelled and not found out yet are asked about in vain.
	for (std::span<const Candidate> left(old); !left.empty() && found.size() < kFound;) {
		const auto asked = left.first(std::min<size_t>(left.size(), AL_TELL_ITEMS));
		left = left.subspan(asked.size());
		if (auto done = ask(asked); !done) return done.error();
		for (size_t i = 0; i < asked.size(); i++) {
			const al_told& told = tell_.as<al_tell>().front().item[i];
			const std::string queue = text_of(told.queue);
			const bool wanted =
				request.workqueue.empty() || al_glob(request.workqueue.c_str(), queue.c_str());
			if (!told.so || !wanted) continue;
			found.push_back({.stage = told.held ? AL_WQ_HOLD : asked[i].stage,
							 .since_mono_ns = asked[i].since_ns,
							 .function = asked[i].function ? function_name(asked[i].function) : "",
							 .queue = queue,
							 .thread = text_of(told.thread),
							 .tid = static_cast<uint32_t>(told.pid),
							 .submitter = submitters.named(told.submitter),
							 .stack = submitters.stack(told.submitter.stack)});
		}
	}
	return found;
}

Status Oldest::ask(std::span<const Candidate> asked) {
	al_tell& tell = tell_.as<al_tell>().front();
	tell.count = static_cast<uint32_t>(asked.size());
	for (size_t i = 0; i < asked.size(); i++)
		tell.item[i] = {.key = asked[i].key, .stamp = asked[i].stamp, .owner = asked[i].owner};
	return object_.run("al_tell_all");
}

}  // namespace asynclat
