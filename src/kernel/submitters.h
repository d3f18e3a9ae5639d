// Who queued the items of one object, and the kernel's stacks, by their names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernel/bpf_object.h"
#include "kernel/cgroups.h"
#include "kernel/symbols.h"
#include "model/item.h"

namespace asynclat {

class Submitters {
public:
	// Both must outlive it.
	Submitters(const BpfObject& object, const Symbols& symbols)
		: object_(object), symbols_(symbols) {}

	// Absent: not known, or not asked for.
	std::optional<Submitter> named(const al_submitter& submitter);
	// An address within a function: "name+0x1c".
	std::string place(uint64_t address) const { return symbols_.place(address); }
	// The frames of a stack, innermost first, as name+offset; al_submitter::stack has the number.
	const std::vector<std::string>& stack(uint32_t number);

private:
	const BpfObject& object_;
	const Symbols& symbols_;
	Cgroups cgroups_;
	std::map<uint32_t, std::vector<std::string>> stacks_;
};

// Without what the tracing itself put on top of it.
std::vector<std::string> frames_of(const std::vector<uint64_t>& addresses, const Symbols& symbols);

}  // namespace asynclat
