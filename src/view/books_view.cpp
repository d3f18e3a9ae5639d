#include "view/books_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

#include "view/quantity.h"

namespace asynclat {
namespace {

// dropped_full -> "dropped full". delayed_work counts from the arming of its timer.
std::string word_for(std::string_view name, const Mechanism& mechanism) {
	if (name == book_name(AL_QUEUED) && mechanism.id == AL_DELAYED_WORK) return "armed";
	if (name == book_name(AL_UNMATCHED_START)) return "unmatched";
	std::string word(name);
	std::replace(word.begin(), word.end(), '_', ' ');
	return word;
}

bool always_shown(std::string_view name) {
	return name == book_name(AL_MATCHED) || name == book_name(AL_PENDING);
}

void add_words(std::vector<std::string>& words, const std::vector<Term>& side, std::string sign,
			   const Mechanism& mechanism) {
	for (const Term& term : side) {
		if (!term.count && &term != &side.front() && !always_shown(term.name)) continue;
		words.push_back(sign + word_for(term.name, mechanism) + " " + with_commas(term.count));
		sign = "+ ";
	}
}

// "matched 9 = measured 9" does not.
bool says_something(const Identity& identity) {
	const std::vector<Term>& right = identity.right;
	return right.front().name != "measured" ||
		   std::any_of(right.begin() + 1, right.end(), [](const Term& term) { return term.count; });
}

void put_identity(Frame& frame, const Identity& identity, const Mechanism& mechanism) {
	std::vector<std::string> words;
	add_words(words, identity.left, "", mechanism);
	add_words(words, identity.right, "= ", mechanism);
	frame.flow(words, " ", {2, 4});
}

void put_residue(Frame& frame, int64_t residue, std::optional<uint64_t> missed, ReadWhen read) {
	const auto off = static_cast<uint64_t>(std::abs(residue));
	std::string verdict = "missed events are not counted on this kernel";
	if (missed)
		verdict = fmt::format("missed {} {} it", with_commas(*missed),
							  off <= *missed ? "explains" : "does not explain");
	if (read == ReadWhen::while_it_ran) verdict = "items came while it was read";
	frame.flow({fmt::format("off by {},", with_commas(off)),
				fmt::format("the {} side is larger:", residue > 0 ? "left" : "right"), verdict},
			   " ", {4, 6}, Style::warning);
}

std::string lost_words(const Books& books) {
	if (!books.lost()) return "lost 0";
	const double percent = books.loss_percent();
	const std::string share = percent < 0.001  ? "under 0.001"
							  : percent < 9.95 ? fmt::format("{:.2g}", percent)
											   : fmt::format("{:.0f}", percent);
	return fmt::format("lost {} ({} %)", with_commas(books.lost()), share);
}

// "dropped full 10," for each of these that is not zero.
std::vector<std::string> counts(const Books& books, std::initializer_list<al_book> which,
								const Mechanism& mechanism) {
	std::vector<std::string> words;
	for (const al_book book : which)
		if (const uint64_t count = books.value(book))
			words.push_back(word_for(book_name(book), mechanism) + " " + with_commas(count) + ",");
	return words;
}

// What stands in no identity that was shown.
void put_beside(Frame& frame, const Books& books, const Mechanism& mechanism, bool has_headline) {
	std::vector<std::string> words =
		has_headline ? counts(books,
							  {AL_RIDERS, AL_BUSY_START, AL_UNMATCHED_END, AL_UNSPLIT, AL_COALESCED,
							   AL_SELF, AL_WALKS_CUT, AL_ITEMS_DROPPED, AL_RUNS_DROPPED},
							  mechanism)
					 : counts(books,
							  {AL_RIDERS, AL_BUSY_START, AL_FILTERED, AL_NEGATIVE, AL_SECOND_PASS,
							   AL_UNMATCHED_END, AL_UNSPLIT, AL_COALESCED, AL_SELF, AL_WALKS_CUT,
							   AL_ITEMS_DROPPED, AL_RUNS_DROPPED},
							  mechanism);
	if (const auto missed = books.get(AL_MISSED))
		words.push_back(fmt::format("missed {},", with_commas(*missed)));
	else
		words.emplace_back("missed unknown,");
	words.push_back(lost_words(books));
	frame.flow(words, " ", {2, 4}, books.lost() ? Style::warning : Style::plain);
}

// `measured` is what its histogram holds; absent: not collected.
void put_books(Frame& frame, const std::string& title, const Books& books,
			   std::optional<uint64_t> measured, const Mechanism& mechanism, ReadWhen read) {
	frame.flow({title + " books"}, "", {0, 2}, Style::title);
	for (const Identity& identity : identities(books, measured)) {
		const int64_t residue = identity.residue();
		if (residue || says_something(identity)) put_identity(frame, identity, mechanism);
		if (residue) put_residue(frame, residue, books.get(AL_MISSED), read);
	}
	put_beside(frame, books, mechanism, measured.has_value());
}

void put_loss(Frame& frame, const std::string& title, const Books& books,
			  const Mechanism& mechanism) {
	if (!books.lost()) return;
	std::vector<std::string> words =
		counts(books, {AL_DROPPED_FULL, AL_DROPPED_BUSY, AL_BUSY_START, AL_MISSED}, mechanism);
	words.insert(words.begin(), fmt::format("{} {}:", title, lost_words(books)));
	words.back().pop_back();
	frame.flow(words, " ", {0, 2}, Style::warning);
}

// Of a stage that counts items of its own.
std::string title_of(const Mechanism& mechanism, const StageData& stage_data) {
	return fmt::format("{} {}", mechanism.name, stage(stage_data.stage).name);
}

// Does anything that is collected stand in the mechanism's own books?
bool keeps_own_books(const MechanismInfo& info) {
	return std::any_of(info.stages.begin(), info.stages.end(),
					   [](al_stage id) { return !stage(id).ledger; });
}

}  // namespace

Frame books_view(const Interval& total, const Description& description, int width,
				 ReadWhen read) {
	Frame frame(width);
	for (const MechanismInfo& info : description.mechanisms) {
		const MechanismData* data = total.data.find(info.mechanism);
		if (!data) continue;
		const Mechanism& row = mechanism(info.mechanism);
		if (keeps_own_books(info)) {
			const bool has_headline = data->stage(headline(row).id) != nullptr;
			put_books(frame, std::string(row.name), data->books,
					  has_headline ? std::optional(data->headline_count()) : std::nullopt, row,
					  read);
		}
		for (const StageData& s : data->stages)
			if (s.books)
				put_books(frame, title_of(row, s), *s.books, s.all_cpus().count(), row, read);
	}
	return frame;
}

Frame loss_lines(const MechanismData& data, const Mechanism& mechanism, int width) {
	Frame frame(width);
	put_loss(frame, std::string(mechanism.name), data.books, mechanism);
	for (const StageData& s : data.stages)
		if (s.books) put_loss(frame, title_of(mechanism, s), *s.books, mechanism);
	return frame;
}

}  // namespace asynclat
