#include "kernel/preempt_count.h"

#include <bpf/btf.h>

#include <map>
#include <string_view>

#include "kernel/symbols.h"

namespace asynclat {
namespace {

constexpr const char* kRunqueue = "runqueues";
constexpr const char* kCounts[] = {"__preempt_count", "pcpu_hot"};

// The section of per-CPU variables is the last of its kind in BTF, and the last thing there is.
const btf_type* per_cpu_section(const btf* types) {
	for (uint32_t id = btf__type_cnt(types) - 1; id; id--)
		if (const btf_type* type = btf__type_by_id(types, id); btf_is_datasec(type)) return type;
	return nullptr;
}

std::map<std::string_view, int64_t> per_cpu_offsets(const btf* types) {
	const btf_type* section = per_cpu_section(types);
	std::map<std::string_view, int64_t> offsets;
	if (!section) return offsets;
	const btf_var_secinfo* variable = btf_var_secinfos(section);
	for (int i = 0; i < btf_vlen(section); i++) {
		const btf_type* type = btf__type_by_id(types, variable[i].type);
		offsets[btf__name_by_offset(types, type->name_off)] = variable[i].offset;
	}
	return offsets;
}

}  // namespace

int64_t preempt_count_from_runqueue(const btf* types, const Symbols& symbols) {
	auto offsets = per_cpu_offsets(types);
	if (offsets.contains(kRunqueue))
		for (const char* name : kCounts)
			if (offsets.contains(name)) return offsets[name] - offsets[kRunqueue];
	if (const auto runqueue = symbols.address(kRunqueue))
		for (const char* name : kCounts)
			if (const auto count = symbols.address(name))
				return static_cast<int64_t>(*count - *runqueue);
	return 0;
}

}  // namespace asynclat
