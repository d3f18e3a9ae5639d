// The accounting of every item seen: counters, their names, and the identities that must hold.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asynclat/abi.h"

namespace asynclat {

// One mechanism's counters. A counter that cannot be known on this kernel is absent, never zero.
class Books {
public:
	[[nodiscard]] std::optional<uint64_t> get(al_book book) const { return counts_[book]; }
	// 0 where absent: for sums only.
	[[nodiscard]] uint64_t value(al_book book) const { return counts_[book].value_or(0); }
	void set(al_book book, uint64_t count) { counts_[book] = count; }
	void forget(al_book book) { counts_[book].reset(); }

	// Items that left the books by way of a loss: dropped_full, dropped_busy, busy_start, missed.
	[[nodiscard]] uint64_t lost() const;
	// Share of what should have been measured that was lost, in percent; 0 when nothing came.
	[[nodiscard]] double loss_percent() const;

private:
	std::array<std::optional<uint64_t>, AL_BOOKS> counts_{};
};

// The counter's name in JSON and in the books line.
std::string_view book_name(al_book book);

// What the counters say is in flight at the end of a period that began with `before` in flight.
uint64_t derived_pending(const Books& period, uint64_t before);
uint64_t derived_running(const Books& period, uint64_t before);

// Counters of the period between two readings. pending and running are those of `later`; where
// it has none yet, they are derived from the counters.
Books difference(const Books& earlier, const Books& later);

// Sums two periods that follow each other, or takes `next` for what is a state, not a count.
Books sum(const Books& first, const Books& next);

// One counter, or a figure beside the counters (`measured`, `pending_before`), in an identity.
struct Term {
	std::string_view name;
	uint64_t count = 0;
};

// An equation of the books, with every term that is known.
struct Identity {
	std::vector<Term> left;
	std::vector<Term> right;

	// Left minus right: 0 when it holds.
	[[nodiscard]] int64_t residue() const;
	// "queued 10 = matched 9 + pending 1": terms that are zero are left out.
	[[nodiscard]] std::string text() const;
};

// The identities of the books over a period. One is there only where the terms that it cannot do
// without are known; a term that this mechanism does not have is left out of it. `headline` is the
// count of the headline histogram (absent: not collected), `pending_before`/`running_before` what
// was in flight when the period began.
std::vector<Identity> identities(const Books& period, std::optional<uint64_t> headline,
								 uint64_t pending_before = 0, uint64_t running_before = 0);

// An identity that does not hold: its text with figures, and by how much it is off.
struct Imbalance {
	std::string identity;
	int64_t residue = 0;
};

// Those of the identities that are off. A residue of at most `missed` is explained by missed
// events.
std::vector<Imbalance> imbalances(const Books& period, std::optional<uint64_t> headline,
								  uint64_t pending_before = 0, uint64_t running_before = 0);

}  // namespace asynclat
