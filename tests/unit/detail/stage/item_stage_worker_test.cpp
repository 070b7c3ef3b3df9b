#include <paipa/abstract_step.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/error.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/testing/simulation.hpp>

#include "run_through.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

// What a worker notes of the item in its hand, as the step and its books show it.

namespace {

using namespace std::chrono_literals;
using paipa::failure_action;
using paipa::detail::run_core;
using paipa::testing::simulation;
using stage_case::patient;
using stage_case::simulate;
using ints = std::vector<int>;

// Its stage and its edges keep pointers to it.
static_assert(!std::is_move_constructible_v<paipa::detail::item_stage_worker>);
static_assert(std::has_virtual_destructor_v<paipa::detail::item_stage_worker>);

/// What a step does at a try of an item. It notes which one that is.
class trying final : public paipa::abstract_step<int, int> {
public:
    using body = std::function<void(trying&, int)>;

    trying(ints& attempts, body b) : attempts_(attempts), body_(std::move(b)) {}

    int process(int n) override {
        attempts_.push_back(static_cast<int>(self().attempt()));
        body_(*this, n);
        return n;
    }

    void give_back(int n, paipa::duration delay = {}) { self().requeue(n, delay); }

private:
    ints& attempts_;
    const body body_;
};

/// Runs some numbers through the step in many schedules.
template <class Look>
void run_trying(ints& attempts, const paipa::step_options& o, int numbers, const trying::body& body,
                Look look) {
    simulate(
        [&](simulation&) {
            attempts.clear();
            return paipa::step<trying>("a", o, std::ref(attempts), body);
        },
        numbers, look);
}

TEST(item_stage_worker, knows_which_try_of_its_item_it_is) {
    ints attempts;
    run_trying(
        attempts, {.retry = {.attempts = 3}, .on_failure = failure_action::drop}, 2,
        [](trying&, int) { throw std::runtime_error("no"); },
        [&](run_core& run, simulation&) {
            ints sorted = attempts;
            std::sort(sorted.begin(), sorted.end());
            EXPECT_EQ(sorted, (ints{1, 1, 2, 2, 3, 3}));
            EXPECT_EQ(run.books().steps[0].retries, 4U);
        });
}

TEST(item_stage_worker, begins_with_the_first_try_again_when_the_step_has_given_its_item_back) {
    ints attempts;
    run_trying(
        attempts, {.retry = {.attempts = 2}}, 1,
        [&](trying& step, int n) {
            if (attempts.size() == 1 || attempts.size() == 3) {
                throw std::runtime_error("no");
            }
            if (attempts.size() == 2) {
                step.give_back(n);
            }
        },
        [&](run_core& run, simulation&) {
            EXPECT_EQ(attempts, (ints{1, 2, 1, 2}));
            EXPECT_EQ(run.books().steps[0].retries, 2U);  // to give back is none
            EXPECT_EQ(run.books().steps[0].received, 1U);
        });
}

TEST(item_stage_worker, waits_longer_from_time_to_time_with_an_item_that_comes_back_in_vain) {
    ints attempts;
    run_trying(
        attempts, {}, 1,
        [&](trying& step, int n) {
            if (attempts.size() <= 12) {
                step.give_back(n);
            }
        },
        [&](run_core& run, simulation& sim) {
            EXPECT_EQ(attempts.size(), 13U);
            EXPECT_EQ(run.books().steps[0].retries, 0U);
            // at once for four times
            EXPECT_EQ(sim.elapsed(), (1 + 2 + 4 + 8 + 16 + 32 + 64 + 100) * 1ms);
        });
}

TEST(item_stage_worker, waits_with_a_delay_as_long_as_the_step_says) {
    ints attempts;
    run_trying(
        attempts, {}, 1,
        [&](trying& step, int n) {
            if (attempts.size() <= 3) {
                step.give_back(n, 5s);
            }
        },
        [&](run_core&, simulation& sim) { EXPECT_EQ(sim.elapsed(), 15s); });
}

/// An ordered function waits with the item in its hand.
void run_patient(paipa::duration limit, int numbers,
                 const std::function<void(const paipa::report&, paipa::duration)>& look) {
    simulate(
        [&](simulation&) {
            return paipa::step("a", patient(),
                               {.retry = {.attempts = 1, .retry_after_limit = limit},
                                .on_failure = failure_action::drop,
                                .ordered = true});
        },
        numbers, [&](run_core& run, simulation& sim) { look(run.books(), sim.elapsed()); });
}

TEST(item_stage_worker, adds_up_the_waits_of_each_item_in_its_hand_by_itself) {
    run_patient(2s, 4, [](const paipa::report& books, paipa::duration elapsed) {
        EXPECT_EQ(books.steps[0].finished, 4U);
        EXPECT_EQ(books.steps[0].retries, 8U);
        EXPECT_EQ(books.steps[0].time.waiting_to_retry, 8s);
        EXPECT_EQ(elapsed, 8s);
    });
    run_patient(1s, 1, [](const paipa::report& books, paipa::duration elapsed) {
        EXPECT_EQ(books.steps[0].dropped, 1U);
        EXPECT_EQ(books.steps[0].retries, 1U);
        EXPECT_EQ(elapsed, 1s);
    });
}

TEST(item_stage_worker, abandons_the_item_in_its_hand_when_nobody_wants_more) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        simulation sim(seed);
        sim.run([&] {
            const auto never_ready = [](int) -> int { throw paipa::retry_after(1h); };
            const auto run = paipa::detail::make_run<int, void>(
                paipa::step("a", never_ready,
                            {.retry = {.attempts = 1, .retry_after_limit = 9h}, .ordered = true}),
                {.quiet = true, .runtime = &sim});
            run->add_source(run_case::numbers(*run, 1), "test");
            run->start("test");
            sim.sleep_for(1s);
            run->cancel("enough");
            run->wait_end(paipa::never, "test");
            EXPECT_EQ(sim.elapsed(), 1s);
            EXPECT_EQ(run->books().steps[0].abandoned, 1U);
            EXPECT_TRUE(run->books().balanced());
        });
    }
}

}  // namespace
