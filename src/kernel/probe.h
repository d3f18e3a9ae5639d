// Really loads and attaches hooks, and detaches them: what a kernel says it offers proves nothing.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "catalog/mechanism.h"
#include "kernel/bpf_config.h"
#include "kernel/facts.h"

namespace asynclat {

// The config under which an object has all its code, on the smallest maps.
BpfConfig widest_config(std::string_view object, const Facts& facts);

// Tries these hooks of one object under a config: all at once first, singly only where that failed.
// Returns why each that failed did, by program.
std::map<std::string, std::string> probe(std::string_view object,
										 std::span<const Hook* const> hooks,
										 const BpfConfig& config, const Facts& facts);

// Tries every hook of the table that the facts do not rule out, and adds what failed to the facts.
void probe_all(Facts& facts);

}  // namespace asynclat
