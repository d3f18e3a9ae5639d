#include "kernel/outliers.h"

#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "kernel/fixed_text.h"

namespace asynclat {

Status Outliers::open(const BpfObject& object, FunctionName function_name) {
	sink_->function_name = std::move(function_name);
	ring_.reset(ring_buffer__new(object.map_fd("outliers"), keep, sink_.get(), nullptr));
	if (!ring_)
		return Error{.what = "cannot read the ring of --min", .evidence = std::strerror(errno)};
	return Nothing{};
}

void Outliers::Free::operator()(ring_buffer* ring) const { ring_buffer__free(ring); }

int Outliers::keep(void* sink, void* record, size_t bytes) {
	auto& [function_name, items] = *static_cast<Sink*>(sink);
	if (bytes < sizeof(al_outlier)) return 0;
	const auto& o = *static_cast<const al_outlier*>(record);
	Item item{.mechanism = static_cast<al_mechanism>(o.mechanism),
			  .item_class = static_cast<al_class>(o.item_class),
			  .begun_mono_ns = o.begun,
			  .wait_ns = o.ended - o.begun,
			  .cpu = o.cpu,
			  .function = function_name(o.function),
			  .queue = text_of(o.queue)};
	const auto parts = parts_of(mechanism(item.mechanism));
	for (size_t i = 0; i < parts.size() && i < AL_PARTS; i++)
		if (o.part[i]) item.stages.emplace_back(parts[i], o.part[i]);
	if (const al_blocker& b = o.blocker; b.ran_ns)
		item.blocker = {.function = function_name(b.function),
						.thread = {b.thread, strnlen(b.thread, sizeof(b.thread))},
						.tid = b.tid,
						.ran_ns = b.ran_ns,
						.max_active = b.max_active};
	items.push_back(std::move(item));
	return 0;
}

std::vector<Item> Outliers::take() {
	if (ring_) ring_buffer__consume(ring_.get());
	return std::exchange(sink_->items, {});
}

}  // namespace asynclat
