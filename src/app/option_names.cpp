#include "app/option_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/usage.h"
#include "base/words.h"

namespace asynclat {
namespace {

constexpr std::string_view kAll = "all";

std::vector<std::string_view> entries(std::span<const std::string> values) {
	std::vector<std::string_view> all;

	for (const std::string& value : values)
		for (const std::string_view entry : split(value, ',')) all.push_back(entry);
	return all;
}

std::vector<std::string_view> stage_names(const Mechanism& mechanism) {
	std::vector<std::string_view> names;

	for (const Stage& s : mechanism.stages) names.push_back(s.name);
	return names;
}

std::vector<const Mechanism*> asked_for(const Request& request) {
	std::vector<const Mechanism*> asked;

	for (const al_mechanism id : request.mechanisms) asked.push_back(&mechanism(id));
	if (asked.empty())
		for (const Mechanism& m : catalog()) asked.push_back(&m);
	return asked;
}

// No mechanism that is asked for has a stage of this name.
Error unknown_stage(const Request& request, std::string_view name) {
	std::vector<std::string_view> names;
	std::vector<std::string> lists;

	for (const Mechanism* m : asked_for(request)) {
		const auto own = stage_names(*m);
		names.insert(names.end(), own.begin(), own.end());
		lists.push_back(fmt::format("{} has {}", m->name, fmt::join(own, ", ")));
	}
	Error error = unknown_name("stage", name, names);
	error.hint = fmt::format("{}{}", did_you_mean(name, names), fmt::join(lists, "; "));
	for (const Mechanism& m : catalog())
		if (find_stage(m, name))
			error.hint += fmt::format("; {0} is one of {1}: add -m {1}", name, m.name);
	return error;
}

Status add_stage(Request& request, std::string_view text) {
	const size_t dot = text.find('.');

	if (dot != std::string_view::npos) {
		const auto m = mechanism_named(text.substr(0, dot));
		if (!m) return m.error();
		const auto s = stage_named(**m, text.substr(dot + 1));
		if (!s) return s.error();
		if (!is_asked_for(request, **m)) return not_asked_for(**m, text);
		request.stages.insert((*s)->id);
		return Nothing{};
	}
	bool found = false;
	for (const Mechanism* m : asked_for(request)) {
		for (const Stage& s : m->stages) {
			if (text != kAll && text != s.name) continue;
			request.stages.insert(s.id);
			found = true;
		}
	}
	if (!found) return unknown_stage(request, text);
	return Nothing{};
}

bool has_stage(const Request& request, const Mechanism& m) {
	return std::any_of(m.stages.begin(), m.stages.end(),
					   [&](const Stage& s) { return request.stages.count(s.id) != 0; });
}

}  // namespace

Status set_mechanisms(Options& options, std::span<const std::string> values) {
	auto& chosen = options.request.mechanisms;
	bool all = false;

	for (const std::string_view name : entries(values)) {
		if (name == kAll) {
			all = true;
			continue;
		}
		const Mechanism* const m = find_mechanism(name);
		if (!m) {
			auto names = mechanism_names();
			names.push_back(kAll);
			return unknown_name("mechanism", name, names);
		}
		if (std::find(chosen.begin(), chosen.end(), m->id) == chosen.end()) chosen.push_back(m->id);
	}
	if (all) chosen.clear();
	return Nothing{};
}

Status set_stages(Options& options, std::span<const std::string> values) {
	Request& request = options.request;

	for (const std::string_view text : entries(values))
		if (Status added = add_stage(request, text); !added) return added;

	if (request.mechanisms.empty()) return Nothing{};
	for (const Mechanism* m : asked_for(request))
		if (!has_stage(request, *m))
			return usage_error(
				fmt::format("no stage of {} is left", m->name),
				fmt::format("name one of its stages too, {}, or leave {} out of --mech",
							one_of(stage_names(*m)), m->name));
	return Nothing{};
}

Status check_workqueue(const Request& request) {
	if (request.workqueue.empty()) return Nothing{};
	for (const al_mechanism id : request.mechanisms)
		if (const Mechanism& m = mechanism(id); !has_workqueues(m))
			return usage_error(fmt::format("--workqueue: {} has no workqueues", m.name),
							   fmt::format("leave out {}, or --workqueue", m.name));
	if (!request.stages.empty() &&
		std::none_of(catalog().begin(), catalog().end(), [&](const Mechanism& m) {
			return has_workqueues(m) && has_stage(request, m);
		}))
		return usage_error("--workqueue: no stage asked for is of work on a workqueue",
						   "a stage of workqueue or delayed_work, or no --workqueue");
	return Nothing{};
}

void leave_out_stageless(Request& request) {
	std::vector<al_mechanism> with_stage;

	if (request.stages.empty()) return;
	for (const Mechanism* m : asked_for(request))
		if (has_stage(request, *m) && (request.workqueue.empty() || has_workqueues(*m)))
			with_stage.push_back(m->id);
	if (with_stage.size() < catalog().size()) request.mechanisms = with_stage;
}

Status set_hook_kinds(Options& options, std::span<const std::string> values) {
	for (const std::string_view name : entries(values)) {
		const auto kinds = hook_kind_names();
		const HookKind* const kind = find_hook_kind(name);
		if (!kind || std::find(kinds.begin(), kinds.end(), name) == kinds.end())
			return unknown_name("kind of hook", name, hook_kind_names());
		options.request.hook_kinds.insert(*kind);
	}
	return Nothing{};
}

Status set_view(Options& options, std::span<const std::string> values) {
	const std::string& name = values.front();
	const ViewRow* const view = find_view(name);

	if (!view) return unknown_name("view", name, view_names());
	options.view = view;
	return Nothing{};
}

Status set_color(Options& options, std::span<const std::string> values) {
	constexpr std::array<std::string_view, 3> kChoices = {"auto", "always", "never"};
	const auto choice = std::find(kChoices.begin(), kChoices.end(), values.front());

	if (choice == kChoices.end()) return unknown_name("choice", values.front(), kChoices);
	options.color = static_cast<ColorChoice>(choice - kChoices.begin());
	return Nothing{};
}

void ask_for_all_stages(Request& request) {
	for (const Mechanism* m : asked_for(request))
		for (const Stage& s : m->stages)
			if (!s.ledger || !request.filters_items()) request.stages.insert(s.id);
}

std::vector<std::string_view> view_names() {
	std::vector<std::string_view> names;

	for (const ViewRow& row : views()) names.push_back(row.name);
	return names;
}

std::vector<std::string_view> mechanism_names() {
	std::vector<std::string_view> names;

	for (const Mechanism& m : catalog()) names.push_back(m.name);
	return names;
}

std::vector<std::string_view> hook_kind_names() {
	std::vector<std::string_view> names;

	for (const Mechanism& m : catalog())
		for (const Point& p : m.points)
			for (const Hook& h : p.any_of)
				if (const auto name = hook_kind_name(h.kind);
					std::find(names.begin(), names.end(), name) == names.end())
					names.push_back(name);
	return names;
}

Result<const Mechanism*> mechanism_named(std::string_view name) {
	if (const Mechanism* m = find_mechanism(name)) return m;
	return unknown_name("mechanism", name, mechanism_names());
}

Result<const Stage*> stage_named(const Mechanism& mechanism, std::string_view name) {
	if (const Stage* s = find_stage(mechanism, name)) return s;
	return unknown_name(fmt::format("stage of {}", mechanism.name), name, stage_names(mechanism));
}

bool is_asked_for(const Request& request, const Mechanism& m) {
	const auto& ids = request.mechanisms;
	return ids.empty() || std::find(ids.begin(), ids.end(), m.id) != ids.end();
}

Error not_asked_for(const Mechanism& m, std::string_view text) {
	return usage_error(
		fmt::format("{}: {} is not among the mechanisms asked for", in_quotes(text), m.name),
		fmt::format("add -m {}", m.name));
}

}  // namespace asynclat
