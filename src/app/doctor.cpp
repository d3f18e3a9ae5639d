#include "app/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/entry.h"
#include "app/outlet.h"
#include "kernel/bpf_object.h"
#include "kernel/probe.h"
#include "kernel/symbols.h"

namespace asynclat {
namespace {

constexpr size_t kTextColumn = 13;
constexpr size_t kReasonColumn = 15;

std::string hook_text(const Hook& hook) {
	return fmt::format("{}:{}", hook_kind_name(hook.kind), hook.target);
}

std::string capabilities_text(const Facts& facts) {
	std::string has;
	for (const auto& [name, effective] : facts.capabilities)
		if (effective) has += " " + name;
	return has.empty() ? " none" : has;
}

}  // namespace

std::string doctor_text(const Plan& plan, const Facts& facts) {
	std::string out = fmt::format(
		"Linux {} {}\nBTF {}, tick {:g} ms, BH workqueues {}, lockdown {}\ncapabilities:{}\n",
		facts.release, facts.arch, facts.btf ? "yes" : "no",
		static_cast<double>(facts.tick_ns) / 1e6, facts.wq_bh ? "yes" : "no",
		facts.lockdown.empty() ? "unknown" : facts.lockdown, capabilities_text(facts));
	if (!facts.cas) out += "no BPF compare-and-swap: each item costs more\n";
	const Status allowed = check(plan, facts, {});
	const bool forbidden = !allowed && allowed.error().exit == Exit::permission;
	if (forbidden)
		out += fmt::format("\n{}: {}\n  {}\n", allowed.error().what, allowed.error().evidence,
						   allowed.error().hint);
	for (const MechanismPlan& m : plan.mechanisms) {
		out += fmt::format("\n{}: {}\n", m.mechanism->name,
						   m.works() ? "can be measured" : "cannot be measured");
		if (forbidden) continue;  // one reason for all
		for (const PointPlan& p : m.points) {
			std::string how = p.hook                             ? hook_text(*p.hook)
							  : p.point->of == PointOf::computed ? "computed"
																 : "none";
			if (p.hook && p.point->refines == Refines::in_detail) how += " (in detail)";
			if (p.hook && p.point->refines == Refines::with_min) how += " (with --min)";
			out += entry(fmt::format("  {}", p.point->name), how, kTextColumn);
			if (!p.why.empty()) out += entry("", p.why, kReasonColumn);
		}
		std::string stages;
		for (const StagePlan& s : m.stages)
			if (s.works()) stages += fmt::format("{}{}", stages.empty() ? "" : " ", s.stage->name);
		if (m.works()) out += entry("  stages", stages, kTextColumn);
		for (const StagePlan& s : m.stages)
			if (!s.works())
				out += entry(fmt::format("  no {}", s.stage->name), s.why, kReasonColumn);
	}
	return out;
}

std::string doctor_json(const Plan& plan, const Facts& facts) {
	nlohmann::ordered_json mechanisms = nlohmann::json::array();
	for (const MechanismPlan& m : plan.mechanisms) {
		nlohmann::ordered_json hooks = nlohmann::json::object();
		nlohmann::ordered_json fallen_back = nlohmann::json::object();
		for (const PointPlan& p : m.points) {
			if (p.hook) hooks[std::string(p.point->name)] = hook_text(*p.hook);
			if (!p.why.empty()) fallen_back[std::string(p.point->name)] = p.why;
		}
		nlohmann::ordered_json stages = nlohmann::json::array();
		nlohmann::ordered_json unavailable = nlohmann::json::object();
		for (const StagePlan& s : m.stages)
			if (s.works())
				stages.push_back(s.stage->name);
			else
				unavailable[std::string(s.stage->name)] = s.why;
		mechanisms.push_back({{"name", m.mechanism->name},
							  {"works", m.works()},
							  {"hooks", hooks},
							  {"refused", fallen_back},
							  {"stages", stages},
							  {"unavailable", unavailable}});
	}
	const nlohmann::ordered_json result = {{"schema", 1},
										   {"type", "doctor"},
										   {"kernel", facts.release},
										   {"arch", facts.arch},
										   {"btf", facts.btf},
										   {"tick_ns", facts.tick_ns},
										   {"capabilities", facts.capabilities},
										   {"cas", facts.cas},
										   {"lockdown", facts.lockdown},
										   {"mechanisms", mechanisms}};
	return result.dump() + "\n";
}

Result<Exit> run_doctor(const Options& options) {
	log_libbpf(options.verbose);
	Facts facts = gather_facts(Symbols::load());
	probe_all(facts);
	const Plan plan = make_plan(catalog(), facts, {});
	Outlet outlet(STDOUT_FILENO);
	const auto written = outlet.write(options.facts  ? to_text(facts)
									  : options.json ? doctor_json(plan, facts)
													 : doctor_text(plan, facts));
	if (!written) return written.error();
	return Exit::done;
}

}  // namespace asynclat
