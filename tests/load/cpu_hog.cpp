#include "cpu_hog.h"

#include <fmt/format.h>
#include <sched.h>

#include "affinity.h"
#include "os_error.h"

namespace asynclat::load {

Status CpuHog::start(uint64_t cpu) {
	state_ = State::starting;
	thread_ = std::thread([this, cpu] { hog(cpu); });
	state_.wait(State::starting);
	if (state_ == State::refused) {
		thread_.join();
		return error_;
	}
	return Nothing{};
}

void CpuHog::stop() {
	if (!thread_.joinable()) return;
	state_ = State::stopping;
	thread_.join();
}

void CpuHog::hog(uint64_t cpu) {
	const sched_param priority{.sched_priority = 1};
	Status status = pin_to_cpu(cpu);
	if (status && sched_setscheduler(0, SCHED_FIFO, &priority))
		status = os_error("cannot become a real-time thread", "run as root");
	if (!status) error_ = status.error();
	state_ = status ? State::hogging : State::refused;
	state_.notify_one();
	while (state_ == State::hogging) {
	}
}

}  // namespace asynclat::load
