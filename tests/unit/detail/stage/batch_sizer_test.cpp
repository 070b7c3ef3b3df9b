#include <paipa/detail/stage/batch_sizer.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::duration;
using paipa::time_point;

/// A worker whose batches take the time that the test says.
class worker {
public:
    worker() { sizer.begin(now_, waited_); }

    /// Works for so long on `n` items, and waits for so long amid them; returns the next batch.
    std::size_t work(std::size_t n, duration time, duration wait = {}) {
        now_ += time + wait;
        waited_ += wait;
        return sizer.next_batch(n, now_, waited_);
    }

    /// Is away between two batches.
    void pause(duration time) {
        now_ += time;
        sizer.begin(now_, waited_);
    }

    paipa::detail::batch_sizer sizer;

private:
    time_point now_{1h};
    duration waited_{3s};
};

TEST(batch_sizer, grows_by_doubling_up_to_what_fits_in_the_time_of_a_batch) {
    worker w;
    std::vector<std::size_t> batches;
    std::size_t n = 1;
    for (int i = 0; i < 8; ++i) {
        n = w.work(n, static_cast<int>(n) * 1us);
        batches.push_back(n);
    }
    EXPECT_EQ(batches, (std::vector<std::size_t>{2, 4, 8, 16, 32, 50, 50, 50}));
}

TEST(batch_sizer, shrinks_at_once_and_down_to_one_item) {
    worker w;
    std::size_t n = 1;
    for (int i = 0; i < 8; ++i) {
        n = w.work(n, static_cast<int>(n) * 1us);
    }
    EXPECT_EQ(n, 50U);
    EXPECT_EQ(w.work(n, 50 * 10us), 5U);
    EXPECT_EQ(w.work(5, 5 * 50us), 1U);
    EXPECT_EQ(w.work(1, 1s), 1U);
}

TEST(batch_sizer, doubles_what_was_taken_if_that_was_more_than_it_said) {
    worker w;
    EXPECT_EQ(w.work(20, 20 * 1us), 40U);
    EXPECT_EQ(w.work(1, 1us), 50U);  // twice the batch that it said
}

TEST(batch_sizer, counts_neither_waits_nor_the_time_between_batches) {
    worker w;
    EXPECT_EQ(w.work(20, 20 * 2us, 10s), 25U);
    w.pause(5s);
    EXPECT_EQ(w.work(25, 25 * 2us), 25U);
    EXPECT_EQ(w.work(25, 25 * 2us, 1s), 25U);
}

TEST(batch_sizer, believes_in_slower_items_at_once_and_in_faster_ones_by_and_by) {
    worker w;
    (void)w.work(1, 8us);
    EXPECT_DOUBLE_EQ(w.sizer.pull(), 1e6 / 8000);  // a millisecond of such items
    (void)w.work(1, 4us);
    EXPECT_DOUBLE_EQ(w.sizer.pull(), 1e6 / 7000);  // a quarter of the difference
    (void)w.work(2, 2 * 10us);
    EXPECT_DOUBLE_EQ(w.sizer.pull(), 1e6 / 10'000);
}

TEST(batch_sizer, calls_items_fast_below_five_microseconds_and_not_unmeasured) {
    worker w;
    EXPECT_FALSE(w.sizer.fast());
    (void)w.work(1, 4999ns);
    EXPECT_TRUE(w.sizer.fast());
    (void)w.work(1, 5us);
    EXPECT_FALSE(w.sizer.fast());
}

TEST(batch_sizer, copes_with_batches_that_take_no_time_or_have_no_items) {
    worker w;
    std::size_t n = 1;
    for (int i = 0; i < 20; ++i) {
        n = w.work(n, 0us);
        EXPECT_LE(n, 4096U);
    }
    EXPECT_EQ(n, 4096U);
    EXPECT_DOUBLE_EQ(w.sizer.pull(), 1e6);  // an item takes a nanosecond at least
    EXPECT_EQ(w.work(0, 25us), 2U);         // as if it was one
}

}  // namespace
