#include "kernel/outliers.h"

#include <bpf/libbpf.h>

namespace asynclat {

Outliers::Outliers(const BpfObject& object, Reader& reader)
	: reader_(&reader),
	  ring_(ring_buffer__new(object.map_fd("outliers"), keep, this, nullptr)) {}

void Outliers::Free::operator()(ring_buffer* ring) const { ring_buffer__free(ring); }

int Outliers::keep(void* outliers, void* record, size_t bytes) {
	auto& self = *static_cast<Outliers*>(outliers);
	if (bytes < sizeof(al_outlier)) return 0;
	const auto& o = *static_cast<const al_outlier*>(record);
	Item item{.mechanism = static_cast<al_mechanism>(o.mechanism),
			  .item_class = static_cast<al_class>(o.item_class),
			  .begun_mono_ns = o.begun,
			  .wait_ns = o.ended - o.begun,
			  .cpu = o.cpu,
			  .function = self.reader_->function_name(o.function),
			  .queue = self.reader_->row_name(o.row)};
	const auto parts = parts_of(mechanism(item.mechanism));
	for (size_t i = 0; i < parts.size() && i < AL_PARTS; i++)
		if (o.part[i]) item.stages.emplace_back(parts[i], o.part[i]);
	self.taken_.push_back(std::move(item));
	return 0;
}

std::vector<Item> Outliers::take() {
	if (ring_) ring_buffer__consume(ring_.get());
	return std::exchange(taken_, {});
}

}  // namespace asynclat
