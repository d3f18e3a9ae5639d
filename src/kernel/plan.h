// Which hook serves which point on this kernel, and why a point has none. A pure function of the
// table, the facts and the request: doctor prints it, the session executes it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/mechanism.h"
#include "kernel/facts.h"
#include "kernel/request.h"

namespace asynclat {

struct PointPlan {
	const Point* point = nullptr;
	const Hook* hook = nullptr;  // null: computed, or none works
	uint32_t used = 0;  // bit per al_ledger: whose collected stages need it, or are refined by it
	std::string why;    // why each hook tried before `hook` cannot serve; empty: none failed

	[[nodiscard]] bool works() const { return hook || point->of == PointOf::computed; }
};

struct StagePlan {
	const Stage* stage = nullptr;
	bool wanted = false;  // asked for, or there by default
	std::string why;      // why it cannot be had; empty: it can

	[[nodiscard]] bool works() const { return why.empty(); }
	[[nodiscard]] bool collected() const { return wanted && works(); }
};

struct MechanismPlan {
	const Mechanism* mechanism = nullptr;
	bool wanted = false;  // asked for by name, or all are
	std::vector<PointPlan> points;
	std::vector<StagePlan> stages;

	// Any of its stages can be had; any is wanted as well.
	[[nodiscard]] bool works() const;
	[[nodiscard]] bool runs() const;
	// Why it does not: the reason of the first stage that is wanted.
	[[nodiscard]] const std::string& why_not() const;
	[[nodiscard]] bool collects(al_stage stage) const;
	// Hooks of the points that are used, without repeats; of those only that serve one ledger, if
	// it is given.
	[[nodiscard]] std::vector<const Hook*> hooks(std::optional<uint32_t> ledger = {}) const;
	// The one of these that catches the point of that name; null: none does.
	[[nodiscard]] const Hook* hook_of(std::string_view point) const;
	[[nodiscard]] bool catches(std::string_view point) const { return hook_of(point); }
	// Is the point that counts this hooked, and where it must be?
	[[nodiscard]] bool counts(const Book& book) const;
	// Does a collected stage stand in the mechanism's own books?
	[[nodiscard]] bool keeps_own_books() const;
	// Why the stage cannot be refined; empty: it is, or there is nothing to refine.
	[[nodiscard]] std::string why_unrefined(const Stage& stage) const;
};

struct Plan {
	std::vector<MechanismPlan> mechanisms;

	[[nodiscard]] bool runs(al_mechanism id) const;
	[[nodiscard]] bool collects(al_stage stage) const;
	// Names of the objects of all that runs.
	[[nodiscard]] std::vector<std::string_view> objects() const;
	// What runs in one object.
	[[nodiscard]] std::vector<MechanismPlan> part(std::string_view object) const;
	// Hooks of all that runs in one object, without repeats, in the order of attaching: what ends
	// an item's way first, what begins it last, so that nothing enters that cannot leave.
	[[nodiscard]] std::vector<const Hook*> hooks(std::string_view object) const;
};

// Every hook of one object that the facts do not rule out, alternatives as well, which no plan has
// together.
std::vector<const Hook*> candidates(std::string_view object, const Facts& facts);

// Why a hook cannot serve here; empty: as far as the facts tell, it can.
std::string refusal(const Hook& hook, const Facts& facts, const Request& request);

Plan make_plan(std::span<const Mechanism> table, const Facts& facts, const Request& request);

// A mechanism named in the request that cannot run: Exit::unsupported, or Exit::permission where
// privileges are what lacks. Nothing at all to run: the same.
Status check(const Plan& plan, const Facts& facts, const Request& request);

}  // namespace asynclat
