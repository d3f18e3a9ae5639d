// One load generator: what it is called, what it takes, what it makes the kernel do.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace asynclat::load {

// A number given as `--name VALUE`.
struct Option {
	std::string_view name;
	uint64_t least = 0;
	uint64_t most = UINT64_MAX;
	std::optional<uint64_t> fallback;  // absent: the option may be left out and then has no value
	std::string_view help;
};

inline constexpr uint64_t kMostCpus = 8192;

struct Arguments {
	uint64_t operations = 0;
	std::vector<std::pair<std::string_view, uint64_t>> options;

	[[nodiscard]] std::optional<uint64_t> find(std::string_view name) const {
		for (const auto& [key, value] : options)
			if (key == name) return value;
		return std::nullopt;
	}
	// Of an option that has a fallback.
	[[nodiscard]] uint64_t get(std::string_view name) const { return find(name).value(); }
};

// What was done, and what the kernel must have seen of it. A count that is not exactly known is
// left out.
struct Report {
	std::string_view function;  // the kernel function that the work items run
	std::vector<std::pair<std::string_view, uint64_t>> counts;
	uint64_t elapsed_ns = 0;  // of the operations, without preparation
};

struct Generator {
	std::string_view name;
	std::string_view help;
	std::span<const Option> options;
	Result<Report> (*run)(const Arguments&);
};

Result<Report> run_aio(const Arguments& arguments);
Result<Report> run_pty(const Arguments& arguments);
Result<Report> run_flood(const Arguments& arguments);
Result<Report> run_cancel(const Arguments& arguments);
Result<Report> run_inotify(const Arguments& arguments);
Result<Report> run_flush_early(const Arguments& arguments);
Result<Report> run_irq_work(const Arguments& arguments);
Result<Report> run_delayed(const Arguments& arguments);
Result<Report> run_delayed_cancel(const Arguments& arguments);
Result<Report> run_delayed_rearm(const Arguments& arguments);
Result<Report> run_fput(const Arguments& arguments);

}  // namespace asynclat::load
