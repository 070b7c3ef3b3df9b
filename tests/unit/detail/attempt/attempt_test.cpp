#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/time.hpp>

#include "clock_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace {

using namespace std::chrono_literals;
using paipa::detail::attempt;
using paipa::detail::call_end;
using paipa::detail::outcome;
using paipa::detail::retry_entry;
using paipa::detail::run_call;

retry_entry entry_of(unsigned tries, paipa::duration waited) {
    return {.item = {}, .sequence = 7, .attempt = tries, .errors = {}, .due = {}, .waited = waited};
}

TEST(attempt, is_the_first_one_of_an_item_that_comes_from_the_edge) {
    attempt tried;
    tried.take(7, nullptr);
    EXPECT_EQ(tried.number, 7U);
    EXPECT_EQ(tried.index, 1U);
    EXPECT_EQ(tried.before, nullptr);
    EXPECT_EQ(tried.waited, 0s);
}

TEST(attempt, follows_the_earlier_ones_of_an_item_that_came_back) {
    retry_entry entry = entry_of(2, 5s);
    attempt tried;
    tried.take(7, &entry);
    EXPECT_EQ(tried.index, 3U);
    EXPECT_EQ(tried.before, &entry);
    EXPECT_EQ(tried.waited, 5s);
}

TEST(attempt, keeps_the_waits_of_the_same_item_alone) {
    attempt tried;
    tried.take(7, nullptr);
    tried.waited = 5s;
    tried.take(7, nullptr);
    EXPECT_EQ(tried.waited, 5s);
    tried.take(8, nullptr);
    EXPECT_EQ(tried.waited, 0s);
}

class timed_attempt : public clock_case {
protected:
    /// How a call ends that takes this time.
    template <class Call>
    call_end ends(paipa::duration time, Call call) {
        worker.clock = &clock;
        call_end end;
        sim.run([&] {
            begin_time(worker);
            end = run_call(worker, [&] {
                sim.sleep_for(time);
                return call();
            });
        });
        return end;
    }
};

TEST_F(timed_attempt, has_the_outcome_that_its_call_returns) {
    for (const outcome o : {outcome::finished, outcome::skipped}) {
        const call_end end = ends(1s, [o] { return o; });
        EXPECT_EQ(end.result, o);
        EXPECT_EQ(end.error, nullptr);
        EXPECT_FALSE(end.discards_outputs());
    }
}

TEST_F(timed_attempt, discards_its_outputs_where_it_has_not_come_to_its_end) {
    EXPECT_TRUE(ends(1s, [] { return outcome::abandoned; }).discards_outputs());
}

TEST_F(timed_attempt, that_throws_skip_entry_has_not_failed) {
    const call_end end = ends(1s, []() -> outcome { throw paipa::skip_entry{}; });
    EXPECT_EQ(end.result, outcome::skipped);
    EXPECT_EQ(end.error, nullptr);
    EXPECT_TRUE(end.discards_outputs());
}

TEST_F(timed_attempt, that_throws_has_failed) {
    const call_end end = ends(1s, []() -> outcome { throw std::runtime_error("no"); });
    EXPECT_EQ(paipa::describe(end.error), "no");
    EXPECT_TRUE(end.discards_outputs());
}

TEST_F(timed_attempt, that_is_late_has_failed_whatever_its_call_does) {
    const std::string late = "step 'a': item_timeout: expected an end within 2.0 s, got 3.0 s";
    const call_end returns = ends(3s, [] { return outcome::finished; });
    EXPECT_EQ(paipa::describe(returns.error), late);
    EXPECT_TRUE(returns.discards_outputs());
    const call_end skips = ends(3s, []() -> outcome { throw paipa::skip_entry{}; });
    EXPECT_EQ(paipa::describe(skips.error), late);
    const call_end throws = ends(3s, []() -> outcome { throw std::runtime_error("no"); });
    EXPECT_EQ(paipa::describe(throws.error), late + ": no");
}

TEST(attempt, tells_a_tracker_how_it_ended) {
    using paipa::item_outcome;
    using paipa::detail::to_item_outcome;
    EXPECT_EQ(to_item_outcome(outcome::finished), item_outcome::finished);
    EXPECT_EQ(to_item_outcome(outcome::skipped), item_outcome::skipped);
    EXPECT_EQ(to_item_outcome(outcome::abandoned), item_outcome::abandoned);
}

}  // namespace
