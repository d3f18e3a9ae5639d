#include "model/books.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "unit/sample.h"

namespace asynclat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr uint64_t kHeadline = 18'000;
constexpr uint64_t kPendingBefore = 5;
constexpr uint64_t kRunningBefore = 2;

// Every term of every identity has a value of its own, and all identities hold.
Books full() {
	Books b;
	b.set(AL_MATCHED, kHeadline + 7 + 30 + 5);
	b.set(AL_CANCELLED, 11);
	b.set(AL_SUPERSEDED, 12);
	b.set(AL_REFUSED, 13);
	b.set(AL_REARMED, 14);
	b.set(AL_FLUSHED_EARLY, 15);
	b.set(AL_AGED_OUT, 16);
	b.set(AL_DROPPED_FULL, 17);
	b.set(AL_DROPPED_BUSY, 18);
	b.set(AL_PENDING, 19);
	b.set(AL_QUEUED,
		  b.value(AL_MATCHED) + 11 + 12 + 13 + 14 + 15 + 16 + 17 + 18 + 19 - kPendingBefore);
	b.set(AL_BARRIERS, 90);
	b.set(AL_UNMATCHED_START, 6);
	b.set(AL_STARTED, b.value(AL_MATCHED) + 90 + 6);
	b.set(AL_RUNNING, 3);
	b.set(AL_LOST_FINISH, 4);
	b.set(AL_FINISHED, b.value(AL_STARTED) + kRunningBefore - 3 - 4);
	b.set(AL_UNMATCHED_END, 8);
	b.set(AL_FILTERED, 30);
	b.set(AL_NEGATIVE, 7);
	b.set(AL_SECOND_PASS, 5);
	b.set(AL_UNSPLIT, 9);
	b.set(AL_MISSED, 2);
	return b;
}

std::vector<int64_t> residues(const Books& books, std::optional<uint64_t> headline = kHeadline) {
	std::vector<int64_t> all;
	for (const Imbalance& off : imbalances(books, headline, kPendingBefore, kRunningBefore))
		all.push_back(off.residue);
	return all;
}

Books with_one_more(al_book book) {
	Books b = full();
	b.set(book, b.value(book) + 1);
	return b;
}

TEST(Books, NamesAreThoseOfTheJson) {
	EXPECT_EQ(book_name(AL_QUEUED), "queued");
	EXPECT_EQ(book_name(AL_REARMED), "rearmed");
	EXPECT_EQ(book_name(AL_DROPPED_BUSY), "dropped_busy");
	EXPECT_EQ(book_name(AL_PENDING), "pending");
	EXPECT_EQ(book_name(AL_STARTED), "started");
	EXPECT_EQ(book_name(AL_UNMATCHED_START), "unmatched_start");
	EXPECT_EQ(book_name(AL_LOST_FINISH), "lost_finish");
	EXPECT_EQ(book_name(AL_UNMATCHED_END), "unmatched_end");
	EXPECT_EQ(book_name(AL_MISSED), "missed");
	std::set<std::string_view> names;
	for (int i = 0; i < AL_BOOKS; i++) names.insert(book_name(static_cast<al_book>(i)));
	EXPECT_THAT(names, SizeIs(AL_BOOKS));
}

TEST(Books, BalancedBooksHaveNoImbalance) { EXPECT_THAT(residues(full()), IsEmpty()); }

TEST(Books, EachTermBrokenInTurnIsFound) {
	for (const al_book exit :
		 {AL_CANCELLED, AL_SUPERSEDED, AL_REFUSED, AL_REARMED, AL_FLUSHED_EARLY, AL_AGED_OUT,
		  AL_DROPPED_FULL, AL_DROPPED_BUSY, AL_PENDING, AL_BARRIERS, AL_UNMATCHED_START,
		  AL_FINISHED, AL_RUNNING, AL_LOST_FINISH, AL_FILTERED, AL_NEGATIVE, AL_SECOND_PASS})
		EXPECT_THAT(residues(with_one_more(exit)), ElementsAre(-1)) << book_name(exit);
	EXPECT_THAT(residues(with_one_more(AL_QUEUED)), ElementsAre(1));
	EXPECT_THAT(residues(with_one_more(AL_STARTED)), ElementsAre(1, 1));
	EXPECT_THAT(residues(with_one_more(AL_MATCHED)), ElementsAre(-1, -1, 1));
	EXPECT_THAT(residues(full(), kHeadline + 1), ElementsAre(-1));
}

TEST(Books, WhatStandsBesideTheIdentitiesIsInNone) {
	for (const al_book book : {AL_UNMATCHED_END, AL_UNSPLIT, AL_MISSED})
		EXPECT_THAT(residues(with_one_more(book)), IsEmpty()) << book_name(book);
}

TEST(Books, WhatWasInFlightBeforeCounts) {
	EXPECT_THAT(imbalances(full(), kHeadline, kPendingBefore + 1, kRunningBefore), SizeIs(1));
	EXPECT_THAT(imbalances(full(), kHeadline, kPendingBefore, kRunningBefore + 1), SizeIs(1));
}

TEST(Books, AnIdentityIsCheckedOnlyWhereItsTermsAreKnown) {
	for (const al_book needed : {AL_QUEUED, AL_PENDING, AL_FINISHED, AL_RUNNING}) {
		Books b = with_one_more(needed);
		EXPECT_THAT(residues(b), SizeIs(1)) << book_name(needed);
		b.forget(needed);
		EXPECT_THAT(residues(b), IsEmpty()) << book_name(needed);
	}
	EXPECT_THAT(residues(with_one_more(AL_FILTERED)), SizeIs(1));
	EXPECT_THAT(residues(with_one_more(AL_FILTERED), std::nullopt), IsEmpty());
	EXPECT_THAT(imbalances(Books{}, std::nullopt), IsEmpty());
}

TEST(Books, DelayedWorkHasNoBarriersAndNoUnmatchedStarts) {
	Books b = sample::delayed_work_books();
	EXPECT_THAT(imbalances(b, 12), IsEmpty());
	b.set(AL_STARTED, 13);
	b.set(AL_FINISHED, 13);
	EXPECT_THAT(imbalances(b, 12), ElementsAre(testing::Field(&Imbalance::residue, 1)));
}

TEST(Books, AnImbalanceSaysItsFigures) {
	Books b = sample::workqueue_books();
	b.set(AL_PENDING, 4);
	const auto off = imbalances(b, 18'204);
	ASSERT_THAT(off, SizeIs(1));
	EXPECT_EQ(off[0].identity, "queued 18211 = matched 18204 + pending 4 + cancelled 1");
	EXPECT_EQ(off[0].residue, 2);
}

TEST(Books, InFlightIsDerivedAndNeverWraps) {
	const Books b = full();
	EXPECT_EQ(derived_pending(b, kPendingBefore), 19u);
	EXPECT_EQ(derived_running(b, kRunningBefore), 3u);

	Books more_left_than_came;
	more_left_than_came.set(AL_QUEUED, 1);
	more_left_than_came.set(AL_MATCHED, 2);
	more_left_than_came.set(AL_FINISHED, 2);
	EXPECT_EQ(derived_pending(more_left_than_came, 0), 0u);
	EXPECT_EQ(derived_running(more_left_than_came, 0), 0u);
}

TEST(Books, DifferenceSubtractsCountersAndKeepsStates) {
	Books later = full();
	later.set(AL_QUEUED, full().value(AL_QUEUED) + 40);
	later.set(AL_PENDING, 59);
	later.forget(AL_CANCELLED);
	const Books d = difference(full(), later);
	EXPECT_EQ(d.get(AL_QUEUED), 40u);
	EXPECT_EQ(d.get(AL_MATCHED), 0u);
	EXPECT_EQ(d.get(AL_PENDING), 59u);
	EXPECT_EQ(d.get(AL_RUNNING), 3u);
	EXPECT_EQ(d.get(AL_CANCELLED), std::nullopt);
}

TEST(Books, DifferenceDerivesWhatIsInFlightWhereItWasNotCounted) {
	Books later;
	later.set(AL_QUEUED, 10);
	later.set(AL_MATCHED, 7);
	EXPECT_EQ(difference(Books{}, later).get(AL_PENDING), 3u);
	EXPECT_EQ(difference(Books{}, later).get(AL_RUNNING), std::nullopt);  // finish is not hooked
	later.set(AL_STARTED, 7);
	later.set(AL_FINISHED, 5);
	EXPECT_EQ(difference(later, later).get(AL_RUNNING), 2u);
	EXPECT_EQ(difference(later, later).get(AL_PENDING), 3u);
}

TEST(Books, SumAddsCountersAndTakesTheLastStates) {
	Books next = full();
	next.set(AL_PENDING, 1);
	next.set(AL_RUNNING, 0);
	next.forget(AL_CANCELLED);
	const Books s = sum(full(), next);
	EXPECT_EQ(s.value(AL_QUEUED), 2 * full().value(AL_QUEUED));
	EXPECT_EQ(s.get(AL_CANCELLED), 11u);
	EXPECT_EQ(s.get(AL_PENDING), 1u);
	EXPECT_EQ(s.get(AL_RUNNING), 0u);
	EXPECT_EQ(sum(Books{}, full()).get(AL_MATCHED), full().get(AL_MATCHED));
	EXPECT_EQ(sum(Books{}, Books{}).get(AL_MATCHED), std::nullopt);
}

TEST(Books, LossIsDropsAndMissesOfAllThatCame) {
	EXPECT_EQ(Books{}.lost(), 0u);
	EXPECT_EQ(Books{}.loss_percent(), 0);
	Books b;
	b.set(AL_QUEUED, 90);
	b.set(AL_DROPPED_FULL, 4);
	b.set(AL_DROPPED_BUSY, 6);
	b.set(AL_MISSED, 10);
	EXPECT_EQ(b.lost(), 20u);
	EXPECT_DOUBLE_EQ(b.loss_percent(), 20);

	Books all_missed;
	all_missed.set(AL_MISSED, 3);
	EXPECT_DOUBLE_EQ(all_missed.loss_percent(), 100);
}

}  // namespace
}  // namespace asynclat
