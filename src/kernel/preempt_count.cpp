#include "kernel/preempt_count.h"

#include <bpf/btf.h>

#include <cstring>
#include <optional>
#include <span>

#include "kernel/symbols.h"

namespace asynclat {
namespace {

// Of a per-CPU variable within their section.
std::optional<int64_t> offset_of(const btf* types, const char* variable) {
	const int id = btf__find_by_name_kind(types, ".data..percpu", BTF_KIND_DATASEC);
	if (id < 0) return std::nullopt;
	const btf_type* section = btf__type_by_id(types, static_cast<uint32_t>(id));
	for (const btf_var_secinfo& v : std::span(btf_var_secinfos(section), btf_vlen(section)))
		if (!std::strcmp(btf__name_by_offset(types, btf__type_by_id(types, v.type)->name_off),
						 variable))
			return v.offset;
	return std::nullopt;
}

}  // namespace

int64_t preempt_count_from_runqueue(const btf* types, const Symbols& symbols) {
	constexpr const char* kRunqueue = "runqueues";
	for (const char* count : {"__preempt_count", "pcpu_hot"}) {
		const auto offset = offset_of(types, count), from = offset_of(types, kRunqueue);
		if (offset && from) return *offset - *from;
		const auto address = symbols.address(count), beside = symbols.address(kRunqueue);
		if (address && beside) return static_cast<int64_t>(*address - *beside);
	}
	return 0;
}

}  // namespace asynclat
