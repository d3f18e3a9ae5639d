#include "model/books.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace asynclat {
namespace {

constexpr std::array<std::string_view, AL_BOOKS> kNames = {
	"queued",   "matched",       "cancelled",     "superseded",      "refused",
	"rearmed",  "flushed_early", "aged_out",      "dropped_full",    "dropped_busy",
	"pending",  "started",       "barriers",      "unmatched_start", "riders",
	"finished", "running",       "lost_finish",   "busy_start",      "unmatched_end",
	"filtered", "negative",      "second_pass",   "unsplit",         "coalesced",
	"self",     "walks_cut",     "items_dropped", "runs_dropped",    "missed",
};
static_assert(!kNames.back().empty());

// The ways out of the pending table.
constexpr auto kLeft = {AL_MATCHED,       AL_CANCELLED, AL_SUPERSEDED,   AL_REFUSED,     AL_REARMED,
						AL_FLUSHED_EARLY, AL_AGED_OUT,  AL_DROPPED_FULL, AL_DROPPED_BUSY};

constexpr bool is_state(al_book book) { return book == AL_PENDING || book == AL_RUNNING; }

uint64_t total(const Books& books, std::initializer_list<al_book> which) {
	uint64_t sum = 0;
	for (const al_book book : which) sum += books.value(book);
	return sum;
}

uint64_t minus(uint64_t from, uint64_t what) { return from - std::min(from, what); }

uint64_t total(const std::vector<Term>& terms) {
	uint64_t sum = 0;
	for (const Term& term : terms) sum += term.count;
	return sum;
}

std::string side_text(const std::vector<Term>& terms) {
	std::string text;
	for (const Term& term : terms) {
		if (!term.count && &term != &terms.front()) continue;
		text += fmt::format("{}{} {}", text.empty() ? "" : " + ", term.name, term.count);
	}
	return text;
}

std::vector<Term> known(const Books& books, std::initializer_list<al_book> which) {
	std::vector<Term> terms;
	for (const al_book book : which)
		if (const auto count = books.get(book)) terms.push_back({book_name(book), *count});
	return terms;
}

}  // namespace

uint64_t Books::lost() const {
	return total(*this, {AL_DROPPED_FULL, AL_DROPPED_BUSY, AL_BUSY_START, AL_MISSED});
}

double Books::loss_percent() const {
	const uint64_t came = std::max(value(AL_QUEUED) + value(AL_MISSED), lost());
	return came ? 100.0 * static_cast<double>(lost()) / static_cast<double>(came) : 0.0;
}

std::string_view book_name(al_book book) { return kNames[book]; }

uint64_t derived_pending(const Books& period, uint64_t before) {
	return minus(before + period.value(AL_QUEUED), total(period, kLeft));
}

uint64_t derived_running(const Books& period, uint64_t before) {
	return minus(before + period.value(AL_STARTED), total(period, {AL_FINISHED, AL_LOST_FINISH}));
}

Books difference(const Books& earlier, const Books& later) {
	Books result;
	for (uint32_t i = 0; i < AL_BOOKS; i++) {
		const auto book = static_cast<al_book>(i);
		if (const auto count = later.get(book))
			result.set(book, is_state(book) ? *count : minus(*count, earlier.value(book)));
	}
	if (!result.get(AL_PENDING) && later.get(AL_QUEUED))
		result.set(AL_PENDING, derived_pending(later, 0));
	if (!result.get(AL_RUNNING) && later.get(AL_FINISHED))
		result.set(AL_RUNNING, derived_running(later, 0));
	return result;
}

Books sum(const Books& first, const Books& next) {
	Books result = next;
	for (uint32_t i = 0; i < AL_BOOKS; i++) {
		const auto book = static_cast<al_book>(i);
		if (!is_state(book) && first.get(book))
			result.set(book, *first.get(book) + next.value(book));
	}
	return result;
}

int64_t Identity::residue() const { return static_cast<int64_t>(total(left) - total(right)); }

std::string Identity::text() const { return side_text(left) + " = " + side_text(right); }

std::vector<Identity> identities(const Books& period, std::optional<uint64_t> headline,
								 uint64_t pending_before, uint64_t running_before) {
	const auto has = [&](std::initializer_list<al_book> which) {
		return std::all_of(which.begin(), which.end(),
						   [&](al_book book) { return period.get(book).has_value(); });
	};
	std::vector<Identity> all;
	if (has({AL_QUEUED, AL_MATCHED, AL_PENDING})) {
		Identity& items = all.emplace_back();
		items.left = {{book_name(AL_QUEUED), period.value(AL_QUEUED)},
					  {"pending_before", pending_before}};
		items.right = known(
			period, {AL_MATCHED, AL_PENDING, AL_CANCELLED, AL_SUPERSEDED, AL_REFUSED, AL_REARMED,
					 AL_FLUSHED_EARLY, AL_AGED_OUT, AL_DROPPED_FULL, AL_DROPPED_BUSY});
	}
	if (has({AL_STARTED, AL_MATCHED}))
		all.push_back({known(period, {AL_STARTED}),
					   known(period, {AL_MATCHED, AL_BARRIERS, AL_UNMATCHED_START})});
	if (has({AL_STARTED, AL_FINISHED, AL_RUNNING})) {
		Identity& runs = all.emplace_back();
		runs.left = {{book_name(AL_STARTED), period.value(AL_STARTED)},
					 {"running_before", running_before}};
		runs.right = known(period, {AL_FINISHED, AL_RUNNING, AL_LOST_FINISH});
	}
	if (headline && has({AL_MATCHED})) {
		Identity& measured = all.emplace_back();
		measured.left = known(period, {AL_MATCHED});
		measured.right = known(period, {AL_SECOND_PASS, AL_NEGATIVE, AL_FILTERED});
		measured.right.insert(measured.right.begin(), {"measured", *headline});
	}
	return all;
}

std::vector<Imbalance> imbalances(const Books& period, std::optional<uint64_t> headline,
								  uint64_t pending_before, uint64_t running_before) {
	std::vector<Imbalance> off;
	for (const Identity& identity : identities(period, headline, pending_before, running_before))
		if (identity.residue()) off.push_back({identity.text(), identity.residue()});
	return off;
}

}  // namespace asynclat
