// Reads the ring of one object: items that waited for --min or longer.
#pragma once

#include <memory>
#include <vector>

#include "kernel/bpf_object.h"
#include "kernel/reader.h"
#include "model/item.h"

struct ring_buffer;

namespace asynclat {

class Outliers {
public:
	// The reader names functions and queues, and must outlive this.
	Outliers(const BpfObject& object, Reader& reader);
	Outliers(const Outliers&) = delete;
	Outliers& operator=(const Outliers&) = delete;

	// Those that came since the last call, as they came.
	std::vector<Item> take();

private:
	struct Free {
		void operator()(ring_buffer* ring) const;
	};
	static int keep(void* outliers, void* record, size_t bytes);

	Reader* reader_;
	std::unique_ptr<ring_buffer, Free> ring_;
	std::vector<Item> taken_;
};

}  // namespace asynclat
