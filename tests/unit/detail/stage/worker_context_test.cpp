#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>

#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>

namespace {

using paipa::detail::counter;
using paipa::detail::counting;
using paipa::detail::outcome;
using paipa::detail::worker_context;

// Two workers that count beside each other do not share a cache line.
static_assert(alignof(worker_context) == 64);

class worker_context_test : public testing::Test {
protected:
    stage_case::a_run run{paipa::default_runtime()};
    stage_case::a_step step{"a", paipa::step_options{}};
    worker_context w{run, &step, 3};
};

TEST(counter, adds_up) {
    counter c;
    EXPECT_EQ(c.get(), 0U);
    ++c;
    c += 5;
    EXPECT_EQ(c.get(), 6U);
    c.set(2);
    EXPECT_EQ(c.get(), 2U);
}

TEST(counting, goes_on_where_its_counter_stands_and_tells_it_each_time) {
    counter c;
    c.set(10);
    counting n(c);
    ++n;
    EXPECT_EQ(c.get(), 11U);
    ++n;
    EXPECT_EQ(c.get(), 12U);
}

TEST_F(worker_context_test, knows_its_run_its_step_and_its_place) {
    EXPECT_EQ(&w.run, &run);
    EXPECT_EQ(w.step, &step);
    EXPECT_EQ(w.index, 3U);
    EXPECT_EQ(w.attempt, 1U);
}

TEST_F(worker_context_test, counts_each_outcome_by_itself) {
    w.count(outcome::finished);
    w.count(outcome::skipped);
    w.count(outcome::skipped);
    for (int i = 0; i < 3; ++i) {
        w.count(outcome::abandoned);
    }
    EXPECT_EQ(w.finished(), 1U);
    EXPECT_EQ(w.skipped.get(), 2U);
    EXPECT_EQ(w.abandoned.get(), 3U);
}

TEST_F(worker_context_test, knows_from_the_outbox_what_was_emitted) {
    std::atomic<std::uint64_t> added{4};
    w.unstaged += 1;
    w.pulled += 2;
    EXPECT_EQ(w.emitted(), 3U);
    w.staged.push_back(&added);
    EXPECT_EQ(w.emitted(), 7U);
    added = 5;
    EXPECT_EQ(w.emitted(), 8U);
}

TEST_F(worker_context_test, takes_outputs_for_finished_items_where_each_has_one) {
    w.unstaged += 4;
    EXPECT_EQ(w.finished(), 0U);
    w.outputs_count = true;
    EXPECT_EQ(w.finished(), 4U);
    w.count(outcome::finished);
    EXPECT_EQ(w.finished(), 5U);
    EXPECT_EQ(w.left(), 5U);
}

TEST_F(worker_context_test, what_is_kept_back_is_finished_and_has_not_left) {
    w.keeps_back = true;
    for (std::uint64_t n = 1; n <= 5; ++n) {
        w.count(outcome::finished);
        w.note_kept(n % 3);  // each third item completes a chunk, which leaves
    }
    EXPECT_EQ(w.finished(), 5U);
    EXPECT_EQ(w.kept.get(), 2U);
    EXPECT_EQ(w.left(), 3U);
    w.note_kept(0);
    EXPECT_EQ(w.left(), 5U);
}

}  // namespace
