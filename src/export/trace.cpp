#include "export/trace.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "catalog/mechanism.h"
#include "export/item_json.h"

namespace asynclat {
namespace {

using Json = nlohmann::ordered_json;

// Threads that are none: larger than the kernel numbers tasks (PID_MAX_LIMIT).
constexpr uint64_t kCpuThreads = 5'000'000;

std::string text(const Json& json) {
	return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// Microseconds, as a number in JSON: a floating point number would lose the last digits.
std::string microseconds(uint64_t ns) { return fmt::format("{}.{:03}", ns / 1000, ns % 1000); }

uint64_t process_of(al_mechanism mechanism) { return uint64_t{mechanism} + 1; }

std::string naming(std::string_view what, uint64_t pid, uint64_t tid, const std::string& name) {
	return fmt::format(R"("ph":"M","name":"{}","pid":{},"tid":{},"args":{{"name":{}}})", what, pid,
					   tid, text(name));
}

std::string name_of(const std::string& function) { return function.empty() ? "several" : function; }

// What an item line has, less what the slice says itself.
std::string args_of(const Item& item) {
	Json args = item_json(item);
	for (const char* said : {"schema", "type", "mechanism", "stage", "function", "queued_mono_ns"})
		args.erase(said);
	return text(args);
}

}  // namespace

std::string Trace::event(const std::string& fields) {
	return fmt::format("{}{{{}}}", std::exchange(first_, false) ? "" : ",\n", fields);
}

std::string Trace::start(const Description& description) {
	const Json origin = {{"asynclat", description.version},
						 {"kernel", description.kernel},
						 {"clock", "CLOCK_MONOTONIC"},
						 {"start_mono_ns", description.start_mono_ns},
						 {"start_wall_ns", description.start_wall_ns},
						 {"notes", description.notes}};
	std::string all = fmt::format(
		"{{\"displayTimeUnit\":\"ns\",\n\"otherData\":{},\n"
		"\"traceEvents\":[\n",
		text(origin));
	for (const MechanismInfo& info : description.mechanisms) {
		const uint64_t pid = process_of(info.mechanism);
		all += event(naming("process_name", pid, pid, std::string(mechanism(info.mechanism).name)));
	}
	return all;
}

std::string Trace::item(const Item& item) {
	const Mechanism& m = mechanism(item.mechanism);
	const uint64_t pid = process_of(item.mechanism);
	const std::string same =
		fmt::format(R"("cat":"{}.{}","id":"0x{:x}","name":{},"pid":{},"tid":{})", m.name,
					headline(m).name, ++items_, text(name_of(item.function)), pid, pid);
	return event(fmt::format(R"("ph":"b",{},"ts":{},"args":{})", same,
							 microseconds(item.begun_mono_ns), args_of(item))) +
		   event(fmt::format(R"("ph":"e",{},"ts":{})", same, microseconds(item.started_mono_ns())));
}

std::string Trace::run(const Run& run) {
	const uint64_t pid = process_of(run.mechanism);
	const uint64_t tid = run.tid ? run.tid : kCpuThreads + run.cpu;
	std::string all;
	if (named_.emplace(run.mechanism, tid).second)
		all = event(
			naming("thread_name", pid, tid, run.tid ? run.thread : fmt::format("CPU {}", run.cpu)));
	return all +
		   event(fmt::format(
			   R"("ph":"X","cat":"{}.run","name":{},"pid":{},"tid":{},"ts":{},"dur":{},"args":{{"cpu":{}}})",
			   mechanism(run.mechanism).name, text(name_of(run.function)), pid, tid,
			   microseconds(run.begun_mono_ns), microseconds(run.ran_ns), run.cpu));
}

std::string Trace::end() { return "\n]}\n"; }

}  // namespace asynclat
