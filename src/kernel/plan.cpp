#include "kernel/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace asynclat {
namespace {

std::string lacking_privilege(const Facts& facts) {
	if (facts.capable("sys_admin")) return "";
	if (!facts.capable("bpf")) return "no CAP_BPF";
	if (!facts.capable("perfmon")) return "no CAP_PERFMON";
	return "";
}

std::string hidden(std::string_view symbol) {
	return fmt::format("the address of {} is hidden (kptr_restrict, CAP_SYSLOG)", symbol);
}

// What a hook of this kind needs of the kernel and the kernel does not have; empty: nothing.
std::string lacking_target(const Hook& hook, const Facts& facts) {
	const std::string target(hook.target);
	switch (hook.kind) {
		case HookKind::tp_btf:
		case HookKind::raw_tp:
			if (facts.tracepoints.contains(target)) return "";
			return fmt::format("this kernel has no tracepoint {}", target);
		case HookKind::fentry:
		case HookKind::fexit:
			if (!facts.functions.contains(target))
				return fmt::format("this kernel has no function {}, or none that can be traced",
								   target);
			return facts.fentry;
		case HookKind::kprobe:
		case HookKind::kretprobe:
			return facts.kprobes ? "" : "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)";
		case HookKind::hwbp:
			if (!facts.breakpoints) return "this kernel has no hardware breakpoints";
			// It checks a breakpoint on itself against the list of what no kprobe may hit.
			if (!facts.kprobes) return "a kernel without kprobes refuses breakpoints on itself";
			return facts.addresses.contains(target) ? "" : hidden(target);
	}
	return "";
}

PointPlan plan_point(const Point& point, const Facts& facts, const Request& request) {
	PointPlan result{.point = &point};
	for (const Hook& hook : point.any_of) {
		const std::string why = refusal(hook, facts, request);
		if (why.empty()) {
			result.hook = &hook;
			break;
		}
		if (!result.why.empty()) result.why += "; ";
		result.why += fmt::format("{}: {}", hook_kind_name(hook.kind), why);
	}
	return result;
}

// Points that are of no use without another that cannot be seen.
void leave_out_useless(std::vector<PointPlan>& points) {
	for (PointPlan& p : points) {
		const auto other = std::find_if(points.begin(), points.end(), [&](const PointPlan& q) {
			return q.point->name == p.point->with;
		});
		if (other == points.end() || other->works()) continue;
		p.hook = nullptr;
		p.why = fmt::format("of no use: {} cannot be seen", p.point->with);
	}
}

std::vector<std::string_view> points_of(const Stage& stage) {
	std::vector<std::string_view> names(stage.needs.begin(), stage.needs.end());
	names.push_back(stage.from);
	names.push_back(stage.to);
	return names;
}

StagePlan plan_stage(const Stage& stage, const MechanismPlan& m, const Request& request) {
	StagePlan result{.stage = &stage};
	// What has a ledger of its own is no item: it has no callback that --function could choose, and
	// nobody who queued it.
	const bool by_default = stage.by_default && !(request.filters_items() && stage.ledger);
	result.wanted = request.stages.empty() ? by_default : request.stages.contains(stage.id);
	for (const std::string_view name : points_of(stage)) {
		const auto point = std::find_if(m.points.begin(), m.points.end(),
										[&](const PointPlan& p) { return p.point->name == name; });
		if (point->works()) continue;
		result.why = fmt::format("{} cannot be seen: {}", name, point->why);
		break;
	}
	return result;
}

// The headline's points are needed for the books of whatever else is collected with it.
bool needs(const MechanismPlan& m, const StagePlan& stage) {
	if (stage.collected()) return true;
	return &stage == &m.stages.front() && stage.works() && m.keeps_own_books();
}

bool refines(const MechanismPlan& m, const Point& point, const Request& request) {
	if (point.refines == Refines::never || !needs(m, m.stages.front())) return false;
	if (point.refines == Refines::with_min) return request.min_ns && m.catches(point.with);
	return point.refines == Refines::always ||
		   std::any_of(m.stages.begin(), m.stages.end(),
					   [](const StagePlan& s) { return s.collected() && !s.stage->by_default; });
}

void mark_used(MechanismPlan& m, const Request& request) {
	if (!m.runs()) return;
	const auto use = [&](std::string_view point, uint32_t ledger) {
		for (PointPlan& p : m.points)
			if (p.hook && p.point->name == point) p.used |= 1U << ledger;
	};
	for (const StagePlan& s : m.stages) {
		if (!needs(m, s)) continue;
		const uint32_t own = m.mechanism->id;
		const uint32_t ledger = s.stage->ledger ? uint32_t{*s.stage->ledger} : own;
		for (const std::string_view name : points_of(*s.stage)) use(name, ledger);
		if (m.why_unrefined(*s.stage).empty())
			for (const std::string_view name : s.stage->refined_by) use(name, ledger);
	}
	for (const PointPlan& p : m.points)
		if (refines(m, *p.point, request)) use(p.point->name, m.mechanism->id);
}

}  // namespace

std::string refusal(const Hook& hook, const Facts& facts, const Request& request) {
	if (!request.hook_kinds.empty() && !request.hook_kinds.contains(hook.kind))
		return "not among --hook";
	if (!facts.btf) return "no kernel BTF (CONFIG_DEBUG_INFO_BTF)";
	if (std::string lacks = lacking_target(hook, facts); !lacks.empty()) return lacks;
	if (std::string lack = lacking_privilege(facts); !lack.empty()) return lack;
	if (hook.kind == HookKind::hwbp && !facts.capable("sys_admin"))
		return "a breakpoint on the kernel needs CAP_SYS_ADMIN";
	if (!hook.symbol.empty() && !facts.addresses.contains(std::string(hook.symbol)))
		return hidden(hook.symbol);
	const auto refused = facts.refused.find(std::string(hook.program));
	return refused == facts.refused.end() ? "" : refused->second;
}

bool MechanismPlan::works() const {
	return std::any_of(stages.begin(), stages.end(), [](const StagePlan& s) { return s.works(); });
}

bool MechanismPlan::runs() const {
	return wanted && std::any_of(stages.begin(), stages.end(),
								 [](const StagePlan& s) { return s.collected(); });
}

bool MechanismPlan::collects(al_stage stage) const {
	return runs() && std::any_of(stages.begin(), stages.end(), [&](const StagePlan& s) {
			   return s.stage->id == stage && s.collected();
		   });
}

std::vector<const Hook*> MechanismPlan::hooks(std::optional<uint32_t> ledger) const {
	std::vector<const Hook*> result;
	for (const PointPlan& p : points)
		if (p.used & (ledger ? 1U << *ledger : ~0U)) result.push_back(p.hook);
	return result;
}

bool MechanismPlan::keeps_own_books() const {
	return std::any_of(stages.begin(), stages.end(),
					   [](const StagePlan& s) { return s.collected() && !s.stage->ledger; });
}

const Hook* MechanismPlan::hook_of(std::string_view point) const {
	for (const PointPlan& p : points)
		if (p.used && p.point->name == point) return p.hook;
	return nullptr;
}

bool MechanismPlan::counts(const Book& book) const {
	if (book.point.empty()) return true;
	const Hook* hook = hook_of(book.point);
	return hook && (book.target.empty() || book.target == hook->target);
}

std::string MechanismPlan::why_unrefined(const Stage& stage) const {
	for (const std::string_view name : stage.refined_by) {
		const auto point = std::find_if(points.begin(), points.end(),
										[&](const PointPlan& p) { return p.point->name == name; });
		if (!point->works()) return fmt::format("{} cannot be seen: {}", name, point->why);
	}
	return "";
}

const std::string& MechanismPlan::why_not() const {
	const auto lacking = std::find_if(stages.begin(), stages.end(),
									  [](const StagePlan& s) { return s.wanted && !s.works(); });
	return lacking == stages.end() ? stages.front().why : lacking->why;
}

bool Plan::runs(al_mechanism id) const {
	return std::any_of(mechanisms.begin(), mechanisms.end(),
					   [&](const MechanismPlan& m) { return m.mechanism->id == id && m.runs(); });
}

bool Plan::collects(al_stage stage) const {
	return std::any_of(mechanisms.begin(), mechanisms.end(),
					   [&](const MechanismPlan& m) { return m.collects(stage); });
}

std::vector<const Hook*> Plan::hooks(std::string_view object) const {
	std::vector<std::pair<ptrdiff_t, const Hook*>> ranked;
	std::set<std::string_view> seen;
	for (const MechanismPlan& m : mechanisms) {
		if (m.mechanism->object != object) continue;
		for (const Hook* hook : m.hooks()) {
			if (!seen.insert(hook->program).second) continue;
			const auto point = std::find_if(m.points.begin(), m.points.end(),
											[&](const PointPlan& p) { return p.hook == hook; });
			// The table lists an item's points in the order of its life.
			ranked.emplace_back(m.points.end() - point, hook);
		}
	}
	std::stable_sort(ranked.begin(), ranked.end(),
					 [](const auto& a, const auto& b) { return a.first < b.first; });
	std::vector<const Hook*> result;
	result.reserve(ranked.size());
	for (const auto& [rank, hook] : ranked) result.push_back(hook);
	return result;
}

std::vector<std::string_view> Plan::objects() const {
	std::vector<std::string_view> names;
	for (const MechanismPlan& m : mechanisms)
		if (m.runs() && std::find(names.begin(), names.end(), m.mechanism->object) == names.end())
			names.push_back(m.mechanism->object);
	return names;
}

std::vector<MechanismPlan> Plan::part(std::string_view object) const {
	std::vector<MechanismPlan> part;
	for (const MechanismPlan& m : mechanisms)
		if (m.mechanism->object == object && m.runs()) part.push_back(m);
	return part;
}

std::vector<const Hook*> candidates(std::string_view object, const Facts& facts) {
	std::vector<const Hook*> hooks;
	std::set<std::string_view> seen;
	for (const Mechanism& m : catalog()) {
		if (m.object != object) continue;
		for (const Point& point : m.points)
			for (const Hook& hook : point.any_of)
				if (refusal(hook, facts, {}).empty() && seen.insert(hook.program).second)
					hooks.push_back(&hook);
	}
	return hooks;
}

Plan make_plan(std::span<const Mechanism> table, const Facts& facts, const Request& request) {
	Plan plan;
	for (const Mechanism& mechanism : table) {
		MechanismPlan m{.mechanism = &mechanism};
		m.wanted = request.mechanisms.empty()
					   ? request.workqueue.empty() || has_workqueues(mechanism)
					   : std::find(request.mechanisms.begin(), request.mechanisms.end(),
								   mechanism.id) != request.mechanisms.end();
		for (const Point& point : mechanism.points)
			m.points.push_back(plan_point(point, facts, request));
		leave_out_useless(m.points);
		for (const Stage& stage : mechanism.stages)
			m.stages.push_back(plan_stage(stage, m, request));
		mark_used(m, request);
		plan.mechanisms.push_back(std::move(m));
	}
	return plan;
}

Status check(const Plan& plan, const Facts& facts, const Request& request) {
	const std::string lack = lacking_privilege(facts);
	if (!lack.empty())
		return Error{Exit::permission, "asynclat may not load BPF programs", lack,
					 "run it with sudo, or: setcap cap_bpf,cap_perfmon,cap_syslog+ep asynclat"};
	bool any = false;
	for (const MechanismPlan& m : plan.mechanisms) {
		any |= m.runs();
		if (m.runs() || !m.wanted || request.mechanisms.empty()) continue;
		return Error{Exit::unsupported,
					 fmt::format("{} cannot be measured on this kernel", m.mechanism->name),
					 m.why_not(), "`asynclat doctor` shows what can be measured here"};
	}
	if (!any)
		return Error{Exit::unsupported, "nothing can be measured on this kernel",
					 plan.mechanisms.front().why_not(), "`asynclat doctor` shows what lacks"};
	return Nothing{};
}

}  // namespace asynclat
