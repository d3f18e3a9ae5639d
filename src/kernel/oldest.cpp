#include "kernel/oldest.h"

#include <algorithm>
#include <cstring>

#include "asynclat/glob.h"

namespace asynclat {
namespace {

template <size_t size>
std::string text_of(const char (&bytes)[size]) {
	return {bytes, strnlen(bytes, size)};
}

// A CPU's slot, which is odd, says what a softirq runs: nobody can ask whether it still does.
bool is_thread(uint64_t owner) { return owner && !(owner & 1); }

}  // namespace

Oldest::Oldest(BpfObject& object, const PendingTable& table, al_mechanism first,
			   uint32_t mechanisms)
	: object_(object),
	  table_(table),
	  first_(first),
	  mechanisms_(mechanisms),
	  workers_(object.map("workers", false)),
	  tell_(object.map(".data.tell", true)) {}

bool Oldest::place(Candidate& candidate, const al_item& item) const {
	candidate.item.since_mono_ns = candidate.stamp;
	switch (item.ledger) {
		case AL_WORKQUEUE:
			candidate.item.stage = AL_WQ_WAIT;
			return true;
		case AL_DELAYED_WORK:
			// Its delay was asked for. Once queued it is in workqueue's books as well.
			candidate.item.since_mono_ns = item.due;
			candidate.item.stage = item.flags & AL_ITEM_QUEUED ? AL_DW_WAIT : AL_DW_TIMER;
			if (item.flags & AL_ITEM_QUEUED) return !measures(AL_WORKQUEUE);
			return !(item.flags & AL_ITEM_DEFERRABLE);
		case AL_IRQ_WORK:
			candidate.item.stage = AL_IW_WAIT;
			return !(item.flags & AL_ITEM_LAZY);
		case AL_TASK_WORK:
			candidate.item.stage = AL_TW_WAIT;
			return true;
		case AL_KTHREAD:
			candidate.item.stage = AL_KT_WAIT;
			return true;
		case AL_LEDGER_SPAWN:
			candidate.item.stage = AL_KT_SPAWN;
			return true;
		default:
			return false;
	}
}

std::vector<Oldest::Candidate> Oldest::candidates(uint64_t now_ns, uint64_t min_age_ns) const {
	const auto is_old = [&](uint64_t since) { return since + min_age_ns <= now_ns; };
	std::vector<Candidate> old;
	table_.each_entry([&](uint64_t key, uint64_t stamp, const al_item& item) {
		if (!is_old(stamp)) return;
		Candidate candidate{.function = item.function, .key = key, .stamp = stamp};
		if (place(candidate, item) && is_old(candidate.item.since_mono_ns))
			old.push_back(candidate);
	});
	for (const al_worker& worker : workers_.as<al_worker>()) {
		if (!is_thread(worker.owner) || !worker.work || !is_old(worker.started)) continue;
		const bool plain = worker.flags & AL_RUNS_WORK;
		if (!plain && !(worker.flags & AL_RUNS_DELAYED)) continue;
		const al_stage stage = first_ == AL_KTHREAD ? AL_KT_RUN : plain ? AL_WQ_RUN : AL_DW_RUN;
		old.push_back({.item = {.stage = stage, .since_mono_ns = worker.started},
					   .function = worker.function,
					   .key = worker.work,
					   .owner = worker.owner});
	}
	const auto kept = std::min<size_t>(old.size(), AL_TELL_ITEMS);
	const auto since = [](const Candidate& c) { return c.item.since_mono_ns; };
	std::ranges::partial_sort(old, old.begin() + static_cast<ptrdiff_t>(kept), {}, since);
	old.resize(kept);
	return old;
}

Result<std::vector<WaitingItem>> Oldest::find(uint64_t now_ns, const Request& request,
											  const FunctionName& function_name) {
	std::vector<Candidate> asked = candidates(now_ns, request.oldest_min_ns);
	std::vector<WaitingItem> found;
	if (asked.empty()) return found;
	al_tell& tell = tell_.as<al_tell>().front();
	tell.count = static_cast<uint32_t>(asked.size());
	for (size_t i = 0; i < asked.size(); i++)
		tell.item[i] = {.key = asked[i].key, .stamp = asked[i].stamp, .owner = asked[i].owner};
	if (auto done = object_.run("al_tell_all"); !done) return done.error();
	for (size_t i = 0; i < asked.size(); i++) {
		const al_told& told = tell.item[i];
		if (!told.so) continue;
		WaitingItem& item = asked[i].item;
		if (told.held) item.stage = AL_WQ_HOLD;
		if (asked[i].function) item.function = function_name(asked[i].function);
		item.queue = text_of(told.queue);
		item.thread = text_of(told.thread);
		item.tid = static_cast<uint32_t>(told.pid);
		if (!request.workqueue.empty() && !al_glob(request.workqueue.c_str(), item.queue.c_str()))
			continue;
		found.push_back(std::move(item));
	}
	return found;
}

}  // namespace asynclat
