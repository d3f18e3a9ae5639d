#include "export/json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <vector>

#include "catalog/mechanism.h"
#include "export/item_json.h"

namespace asynclat {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

std::string line(const Json& json) {
	return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string utc(uint64_t wall_ns) {
	const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
	return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds),
					   wall_ns / 1'000'000 % 1000);
}

bool has_extremes(const Histogram& histogram) { return histogram.min_ns != kNoMinimum; }

Json max_at(const Peak& peak) {
	Json at = {{"mono_ns", peak.mono_ns}, {"cpu", peak.cpu}};
	if (!peak.function.empty()) at["function"] = peak.function;
	return at;
}

Json buckets(const Histogram& histogram) {
	Json list = Json::array();
	for (uint32_t i = 0; i < AL_BUCKETS; i++) {
		if (!histogram.buckets[i]) continue;
		Json bucket = {{"ge_ns", al_bucket_low(i)}};
		if (i + 1 < AL_BUCKETS) bucket["lt_ns"] = al_bucket_end(i);
		bucket["count"] = histogram.buckets[i];
		list.push_back(std::move(bucket));
	}
	return list;
}

// A CPU's or a group's short figures, after the field that names it. Must have events.
Json short_row(Json row, const Histogram& histogram) {
	row["count"] = histogram.count();
	row["p50_ns"] = histogram.quantile(0.5);
	row["p99_ns"] = histogram.quantile(0.99);
	if (has_extremes(histogram)) row["max_ns"] = histogram.max.value_ns;
	return row;
}

// The headline by class.
Json classes_json(const MechanismData& data) {
	const Stage& wait = headline(mechanism(data.mechanism));
	Json list = Json::array();
	for (const StageData& s : data.stages)
		if (const Histogram all = s.all_cpus(); s.stage == wait.id && !all.empty())
			list.push_back(short_row({{"name", class_name(wait, s.item_class)}}, all));
	return list;
}

Json books_json(const Books& books) {
	Json json = Json::object();
	for (uint32_t i = 0; i < AL_BOOKS; i++) {
		const auto book = static_cast<al_book>(i);
		if (const auto count = books.get(book)) json[std::string(book_name(book))] = *count;
	}
	return json;
}

Json stage_json(const StageData& data, const Description& description) {
	const Histogram all = data.all_cpus();
	Json json = {{"name", stage(data.stage).name}};
	if (const auto name = class_name(stage(data.stage), data.item_class); !name.empty())
		json["class"] = name;
	json["count"] = all.count();
	json["sum_ns"] = all.sum_ns;
	if (!all.empty()) {
		if (has_extremes(all)) {
			json["min_ns"] = all.min_ns;
			json["max_ns"] = all.max.value_ns;
		}
		json["p50_ns"] = all.quantile(0.5);
		json["p90_ns"] = all.quantile(0.9);
		json["p99_ns"] = all.quantile(0.99);
		json["p999_ns"] = all.quantile(0.999);
		if (has_extremes(all) && all.max.mono_ns) json["max_at"] = max_at(all.max);
	}
	json["buckets"] = buckets(all);
	json["cpus"] = Json::array();
	for (size_t i = 0; i < data.cpus.size(); i++)
		if (!data.cpus[i].empty())
			json["cpus"].push_back(short_row({{"cpu", description.cpus.at(i)}}, data.cpus[i]));
	if (data.books) json["books"] = books_json(*data.books);
	return json;
}

Json groups_json(const MechanismData& data, al_group_kind kind) {
	std::vector<const GroupData*> rows;
	for (const GroupData& row : data.groups)
		if (row.kind == kind && !row.histogram.empty()) rows.push_back(&row);
	std::stable_sort(rows.begin(), rows.end(), [](const GroupData* a, const GroupData* b) {
		return a->histogram.count() > b->histogram.count();
	});
	Json list = Json::array();
	for (const GroupData* row : rows)
		list.push_back(short_row({{"name", row->name}}, row->histogram));
	return list;
}

// Rows that are there only where they, or the stage they are of, were asked for.
bool collects(const MechanismData& data, al_group_kind kind) {
	const Stage& of = stage_of_group(mechanism(data.mechanism), kind);
	if (of.ledger) return data.stage(of.id) != nullptr;
	return kind != AL_BY_POOL ||
		   std::any_of(data.groups.begin(), data.groups.end(),
					   [](const GroupData& row) { return row.kind == AL_BY_POOL; });
}

Json mechanisms_json(const Snapshot& data, const Description& description) {
	Json list = Json::array();
	for (const MechanismData& m : data.mechanisms) {
		Json json = {{"name", mechanism(m.mechanism).name}, {"stages", Json::array()}};
		for (const StageData& s : m.stages) json["stages"].push_back(stage_json(s, description));
		for (const al_group_kind kind : mechanism(m.mechanism).groups)
			if (collects(m, kind)) json[std::string(group_kind_name(kind))] = groups_json(m, kind);
		if (const auto rows = mechanism(m.mechanism).class_rows; !rows.empty())
			json[std::string(rows)] = classes_json(m);
		if (m.books.get(AL_QUEUED)) json["books"] = books_json(m.books);
		list.push_back(std::move(json));
	}
	return list;
}

// What its workqueue, worker or task is called where JSON has that.
std::string_view queue_field(const Mechanism& m) {
	if (has_workqueues(m)) return "workqueue";
	return m.id == AL_KTHREAD ? "worker" : "task";
}

void put_submitter(Json& item, const std::optional<Submitter>& submitter,
				   const std::vector<std::string>& stack) {
	if (submitter) {
		Json& json = item["submitter"] = {{"context", submitter->context_name()}};
		if (submitter->context == AL_IN_TASK) {
			json["comm"] = submitter->comm;
			json["tid"] = submitter->tid;
			json["pid"] = submitter->pid;
			if (!submitter->cgroup.empty()) json["cgroup"] = submitter->cgroup;
		}
	}
	if (!stack.empty()) item["stack"] = stack;
}

Json oldest_json(const Snapshot& data) {
	Json list = Json::array();
	for (const WaitingItem& item : data.oldest) {
		const Mechanism& m = mechanism_of(item.stage);
		Json json = {{"mechanism", m.name},
					 {"stage", stage(item.stage).name},
					 {"age_ns", item.age_ns(data.mono_ns)}};
		if (!item.function.empty()) json["function"] = item.function;
		if (!item.queue.empty()) json[std::string(queue_field(m))] = item.queue;
		if (!item.thread.empty()) json["thread"] = item.thread;
		if (item.tid) json["tid"] = item.tid;
		put_submitter(json, item.submitter, item.stack);
		list.push_back(std::move(json));
	}
	return list;
}

// CPU time of user space in percent of the interval, to a thousandth.
double cpu_percent(const Interval& interval) {
	const double share = static_cast<double>(interval.data.overhead.cpu_ns) /
						 static_cast<double>(interval.length_ns);
	return std::round(share * 1e5) / 1e3;
}

Json blocker_json(const Blocker& blocker) {
	constexpr std::string_view kKinds[] = {"unknown", "item",   "task",    "softirq",
										   "irq",     "target", "irqs_off"};
	Json json = {{"kind", kKinds[blocker.kind]}};
	if (blocker.kind != AL_BLOCKED_BY_TARGET) json["ran_ns"] = blocker.ran_ns;
	if (blocker.tid) {
		json["thread"] = blocker.thread;
		json["tid"] = blocker.tid;
	}
	switch (blocker.kind) {
		case AL_BLOCKED_BY_UNKNOWN:
			break;
		case AL_BLOCKED_BY_ITEM:
			json["function"] = blocker.function;
			if (blocker.max_active) json["max_active"] = blocker.max_active;
			break;
		case AL_BLOCKED_BY_TASK:
			json["policy"] = blocker.policy_name();
			if (blocker.priority) json["priority"] = blocker.priority;
			if (!blocker.stack.empty()) json["stack"] = blocker.stack;
			break;
		case AL_BLOCKED_BY_SOFTIRQ:
			json["vector"] = blocker.vector_name();
			break;
		case AL_BLOCKED_BY_IRQ:
			if (blocker.number) json["irq"] = blocker.number;
			break;
		case AL_BLOCKED_BY_TARGET:
			json["state"] = blocker.target_name();
			break;
		case AL_BLOCKED_BY_IRQS_OFF:
			if (!blocker.at.empty()) json["at"] = blocker.at;
			break;
	}
	return json;
}

}  // namespace

std::string json_start(const Description& description) {
	Json json = {{"schema", kSchema},
				 {"type", "start"},
				 {"version", description.version},
				 {"time", utc(description.start_wall_ns)},
				 {"mono_ns", description.start_mono_ns},
				 {"kernel", description.kernel},
				 {"cpus", description.cpus}};
	if (description.map_bytes) json["map_bytes"] = description.map_bytes;
	json["mechanisms"] = Json::array();
	for (const MechanismInfo& info : description.mechanisms) {
		Json names = Json::array();
		for (const al_stage id : info.stages) names.push_back(stage(id).name);
		json["mechanisms"].push_back({{"name", mechanism(info.mechanism).name},
									  {"hooks", info.hooks},
									  {"stages", std::move(names)},
									  {"unavailable", info.unavailable}});
	}
	return line(json);
}

std::string json_interval(const Interval& interval, const Description& description) {
	Json json = {{"schema", kSchema},
				 {"type", "interval"},
				 {"time", utc(interval.data.wall_ns)},
				 {"mono_ns", interval.data.mono_ns},
				 {"interval_ns", interval.length_ns},
				 {"mechanisms", mechanisms_json(interval.data, description)}};
	if (!interval.data.oldest.empty()) json["oldest"] = oldest_json(interval.data);
	Json& overhead = json["overhead"] = {{"events", interval.data.overhead.events}};
	if (interval.length_ns) overhead["cpu_percent"] = cpu_percent(interval);
	if (interval.data.overhead.rss_bytes) overhead["rss_bytes"] = interval.data.overhead.rss_bytes;
	return line(json);
}

std::string json_end(const Interval& total, const Description& description,
					 std::string_view reason) {
	return line({{"schema", kSchema},
				 {"type", "end"},
				 {"time", utc(total.data.wall_ns)},
				 {"reason", reason},
				 {"total", {{"mechanisms", mechanisms_json(total.data, description)}}}});
}

std::string json_item(const Item& item) { return line(item_json(item)); }

nlohmann::ordered_json item_json(const Item& item) {
	const Mechanism& m = mechanism(item.mechanism);
	Json json = {
		{"schema", kSchema}, {"type", "item"}, {"mechanism", m.name}, {"stage", headline(m).name}};
	if (const std::string_view name = class_name(headline(m), item.item_class); !name.empty())
		json["class"] = name;
	json["wait_ns"] = item.wait_ns;
	json["function"] = item.function;
	if (!item.queue.empty()) json[std::string(queue_field(m))] = item.queue;
	json["cpu"] = item.cpu;
	json["queued_mono_ns"] = item.begun_mono_ns;
	if (!item.stages.empty()) {
		for (const auto& [id, ns] : item.stages)
			json["stages"][fmt::format("{}_ns", stage(id).name)] = ns;
		const auto [owner, share] = item.owner();
		json["owner"] = stage(owner).name;
		json["share"] = std::round(share * 1000) / 1000;
	}
	if (item.blocker) json["blocker"] = blocker_json(*item.blocker);
	put_submitter(json, item.submitter, item.stack);
	return json;
}

}  // namespace asynclat
