// A real-time thread that keeps a CPU from everything else while this object lives.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "base/result.h"

namespace asynclat::load {

class CpuHog {
public:
	// The scheduler's fair server lets other tasks run on a hogged CPU after about a second.
	static constexpr uint64_t kSafeNs = 500'000'000;

	CpuHog() = default;
	CpuHog(const CpuHog&) = delete;
	CpuHog& operator=(const CpuHog&) = delete;
	~CpuHog() { stop(); }

	// Returns when the CPU is taken.
	Status start(uint64_t cpu);
	void stop();

private:
	enum class State { starting, refused, hogging, stopping };

	void hog(uint64_t cpu);

	std::atomic<State> state_ = State::starting;
	Error error_;  // read after refused
	std::thread thread_;
};

}  // namespace asynclat::load
