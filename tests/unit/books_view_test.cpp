#include "view/books_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/golden.h"
#include "unit/sample.h"

namespace asynclat {
namespace {

using testing::HasSubstr;

class BooksView : public testing::Test {
protected:
	std::string text(int width = 80) const {
		return books_view(interval_, sample::description(), width).text();
	}
	Books& workqueue() { return interval_.data.mechanisms[0].books; }

	Interval interval_ = sample::interval();
};

TEST_F(BooksView, AddUp) { expect_golden("books_80.txt", text()); }

TEST_F(BooksView, WrapOnANarrowScreen) { expect_golden("books_40.txt", text(40)); }

TEST_F(BooksView, EveryTerm) {
	Books& b = workqueue();
	b.set(AL_SUPERSEDED, 2);
	b.set(AL_REFUSED, 3);
	b.set(AL_AGED_OUT, 4);
	b.set(AL_DROPPED_FULL, 1'005);
	b.set(AL_DROPPED_BUSY, 6);
	b.set(AL_QUEUED, 18'211 + 2 + 3 + 4 + 1'005 + 6);
	b.set(AL_LOST_FINISH, 5);
	b.set(AL_FINISHED, 18'294);
	b.set(AL_UNMATCHED_END, 7);
	b.set(AL_UNSPLIT, 8);
	b.set(AL_MATCHED, 18'204);
	b.set(AL_FILTERED, 4);
	b.set(AL_NEGATIVE, 1);
	interval_.data.mechanisms[0].stages[0].cpus[0].buckets[al_bucket(6'000)] -= 5;
	expect_golden("books_every_term.txt", text());
}

TEST_F(BooksView, OffAndExplained) {
	workqueue().set(AL_PENDING, 4);
	workqueue().set(AL_MISSED, 2);
	expect_golden("books_explained.txt", text());
}

TEST_F(BooksView, OffAndNotExplained) {
	workqueue().set(AL_PENDING, 4);
	workqueue().set(AL_FINISHED, 18'305);
	workqueue().set(AL_FILTERED, 2);
	workqueue().set(AL_MISSED, 1);
	expect_golden("books_off.txt", text());
}

TEST_F(BooksView, MissedEventsAreNotKnownEverywhere) {
	workqueue().set(AL_PENDING, 4);
	workqueue().forget(AL_MISSED);
	expect_golden("books_missed_unknown.txt", text());
}

TEST_F(BooksView, WithoutAFinishHookOrAHeadline) {
	workqueue().forget(AL_FINISHED);
	workqueue().forget(AL_RUNNING);
	workqueue().set(AL_FILTERED, 40);
	interval_.data.mechanisms[0].stages.clear();
	expect_golden("books_started_only.txt", text());
}

TEST_F(BooksView, NoRowIsWiderThanTheScreen) {
	workqueue().set(AL_PENDING, UINT64_MAX / 4);
	for (int width = 1; width <= 100; width++) {
		const Frame frame = books_view(interval_, sample::description(), width);
		for (const Row& row : frame.rows()) EXPECT_LE(row.size(), static_cast<size_t>(width));
	}
}

Frame loss_of(const Books& books) {
	MechanismData data{.mechanism = AL_WORKQUEUE};
	data.books = books;
	return loss_lines(data, mechanism(AL_WORKQUEUE), 80);
}

TEST(LossLine, SaysNothingWhereNothingWasLost) {
	EXPECT_EQ(loss_of(sample::workqueue_books()).text(), "");
}

TEST(LossLine, NamesEachLoss) {
	Books b = sample::workqueue_books();
	b.set(AL_DROPPED_FULL, 1'005);
	EXPECT_EQ(loss_of(b).text(), "workqueue lost 1,005 (5.5 %): dropped full 1,005\n");
	b.set(AL_DROPPED_FULL, 0);
	b.set(AL_DROPPED_BUSY, 1);
	b.set(AL_MISSED, 2);
	EXPECT_EQ(loss_of(b).text(), "workqueue lost 3 (0.016 %): dropped busy 1, missed 2\n");
	b.set(AL_QUEUED, 10'000'000);
	EXPECT_THAT(loss_of(b).text(), HasSubstr("(under 0.001 %)"));
	b.set(AL_QUEUED, 0);
	EXPECT_THAT(loss_of(b).text(), HasSubstr("(100 %)"));
}

}  // namespace
}  // namespace asynclat
