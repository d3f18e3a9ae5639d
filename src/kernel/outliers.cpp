#include "kernel/outliers.h"

#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "kernel/fixed_text.h"

namespace asynclat {
namespace {

std::string where_irqs_came_on(uint64_t address, const Submitters& submitters) {
	if (address == AL_AT_UNKNOWN) return "";
	return address == AL_AT_USER_MODE ? "user mode" : submitters.place(address);
}

Blocker blocker_of(const al_blocker& b, const Outliers::FunctionName& function_name,
				   Submitters& submitters) {
	Blocker result{.kind = static_cast<al_blocker_kind>(b.kind), .ran_ns = b.ran_ns};
	if (result.kind == AL_BLOCKED_BY_ITEM) {
		result.function = function_name(b.function);
		result.max_active = b.max_active;
	}
	if (result.kind != AL_BLOCKED_BY_SOFTIRQ && result.kind != AL_BLOCKED_BY_IRQ) {
		result.thread = text_of(b.thread);
		result.tid = b.tid;
	}
	if (result.kind == AL_BLOCKED_BY_TASK) {
		result.policy = b.detail & 0xff;
		result.priority = b.detail >> 8;
		result.stack = submitters.stack(b.stack);
	} else if (result.kind == AL_BLOCKED_BY_TARGET) {
		result.target = static_cast<al_target>(b.detail);
	} else if (result.kind == AL_BLOCKED_BY_IRQS_OFF) {
		result.at = where_irqs_came_on(b.function, submitters);
	} else {
		result.number = b.detail;
	}
	return result;
}

}  // namespace

Status Outliers::open(const BpfObject& object, FunctionName function_name, Submitters& submitters) {
	sink_->function_name = std::move(function_name);
	sink_->submitters = &submitters;
	ring_.reset(ring_buffer__new(object.map_fd("outliers"), keep, sink_.get(), nullptr));
	if (!ring_)
		return Error{.what = "cannot read the ring of --min", .evidence = std::strerror(errno)};
	return Nothing{};
}

void Outliers::Free::operator()(ring_buffer* ring) const { ring_buffer__free(ring); }

int Outliers::keep(void* sink, void* record, size_t bytes) {
	Sink& kept = *static_cast<Sink*>(sink);
	if (bytes == sizeof(al_run)) {
		keep_run(kept, *static_cast<const al_run*>(record));
		return 0;
	}
	if (bytes < sizeof(al_outlier)) return 0;
	const auto& o = *static_cast<const al_outlier*>(record);
	Item item{.mechanism = static_cast<al_mechanism>(o.mechanism),
			  .item_class = static_cast<al_class>(o.item_class),
			  .begun_mono_ns = o.begun,
			  .wait_ns = o.ended - o.begun,
			  .cpu = o.cpu,
			  .function = kept.function_name(o.function),
			  .queue = text_of(o.queue)};
	const auto parts = parts_of(mechanism(item.mechanism));
	for (size_t i = 0; i < parts.size() && i < AL_PARTS; i++)
		if (o.part[i]) item.stages.emplace_back(parts[i], o.part[i]);
	if (o.blocker.kind != AL_BLOCKED_BY_UNKNOWN)
		item.blocker = blocker_of(o.blocker, kept.function_name, *kept.submitters);
	item.submitter = kept.submitters->named(o.submitter);
	item.stack = kept.submitters->stack(o.submitter.stack);
	kept.items.push_back(std::move(item));
	return 0;
}

void Outliers::keep_run(Sink& sink, const al_run& run) {
	sink.runs.push_back({.mechanism = static_cast<al_mechanism>(run.mechanism),
						 .begun_mono_ns = run.begun,
						 .ran_ns = run.ended - run.begun,
						 .cpu = run.cpu,
						 .function = run.function ? sink.function_name(run.function) : "",
						 .thread = text_of(run.thread),
						 .tid = run.tid});
}

std::vector<Item> Outliers::take() {
	if (ring_) ring_buffer__consume(ring_.get());
	return std::exchange(sink_->items, {});
}

}  // namespace asynclat
