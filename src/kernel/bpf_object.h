// One embedded BPF object: opened, configured, loaded, attached, and let go in the right order.
// The only file that talks to libbpf's object calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/mechanism.h"
#include "kernel/bpf_config.h"

struct bpf_object;
struct bpf_link;
struct bpf_program;

namespace asynclat {

// Bytes of the object of that name, as built with or without compare-and-swap; empty if there is
// none.
std::span<const std::byte> embedded_object(std::string_view name, bool cas);

// Where libbpf's own messages go; nothing by default.
void log_libbpf(bool on);

// A map's memory, shared with the kernel. Entries are `stride` bytes apart.
class Mapping {
public:
	Mapping() = default;
	Mapping(int fd, size_t bytes, bool writable);
	Mapping(Mapping&& other) noexcept;
	Mapping& operator=(Mapping&& other) noexcept;
	~Mapping();

	[[nodiscard]] bool mapped() const { return memory_ != nullptr; }
	template <typename T>
	[[nodiscard]] std::span<T> as() const {
		return {static_cast<T*>(memory_), bytes_ / sizeof(T)};
	}

private:
	void* memory_ = nullptr;
	size_t bytes_ = 0;
};

class BpfObject {
public:
	// Opens the object, writes its config, sizes its maps and loads the programs of these hooks
	// and those that every object has beside. The error names the step and what libbpf said.
	static Result<BpfObject> load(std::string_view name, const BpfConfig& config,
								  std::span<const Hook* const> hooks);

	BpfObject(BpfObject&&) noexcept = default;
	BpfObject& operator=(BpfObject&&) = delete;
	~BpfObject();

	// Attaches one program that was loaded. `address` is that of a breakpoint's target, which is
	// set on each of the online CPUs.
	Status attach(const Hook& hook, uint64_t address, std::span<const uint32_t> online);
	// Sets the breakpoints that there are on CPUs that have come online since.
	void follow(std::span<const uint32_t> online);
	// Detaches everything, last attached first: what begins an item's way goes before what ends it.
	void detach();
	// Runs an unattached program once.
	Status run(std::string_view program);

	[[nodiscard]] Mapping map(std::string_view name, bool writable) const;
	[[nodiscard]] int map_fd(std::string_view name) const;
	// Kernel memory that the maps take, as the kernel accounts it.
	[[nodiscard]] uint64_t map_bytes() const;
	// Events that the kernel skipped because a program was running on that CPU; absent where it
	// does not count them.
	[[nodiscard]] std::optional<uint64_t> missed(const Hook& hook) const;

private:
	struct Close {
		void operator()(bpf_object* object) const;
	};
	struct Attached {
		const Hook* hook;
		uint64_t address;                     // of a breakpoint
		std::map<uint32_t, bpf_link*> links;  // by CPU; what is on all CPUs at once: from 0 on
	};
	explicit BpfObject(bpf_object* object) : object_(object) {}
	[[nodiscard]] bpf_program* program(std::string_view name) const;

	std::unique_ptr<bpf_object, Close> object_;
	std::vector<Attached> attached_;
};

}  // namespace asynclat
