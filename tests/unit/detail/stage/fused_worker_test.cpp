#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/fused_worker.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/fuse.hpp>
#include <paipa/generator.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/testing/simulation.hpp>

#include "run_through.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::failure_action;
using paipa::detail::run_core;
using paipa::testing::simulation;
using stage_case::books_on_threads;
using stage_case::patient;
using stage_case::simulate;
using ints = std::vector<int>;

/// The step `b` fused behind `a`, which passes each number on.
template <class F>
auto behind_another(F f, const paipa::step_options& o) {
    return paipa::fuse(paipa::step("a", [](int n) { return n; }), paipa::step("b", f, o));
}

/// In simulations and on threads: the row of `b` in the report of a run of six numbers.
template <class F>
void expect_row(F f, const paipa::step_options& o,
                const std::function<void(const paipa::step_report&)>& look) {
    look(books_on_threads(behind_another(f, o), 6).steps[1]);
    simulate([&](simulation&) { return behind_another(f, o); }, 6,
             [&](run_core& run, simulation&) { look(run.books().steps[1]); });
}

TEST(fused_worker, counts_the_items_of_its_own_step) {
    expect_row([](int n) { return n % 2 == 0 ? std::optional(n) : std::nullopt; }, {},
               [](const paipa::step_report& b) {
                   EXPECT_TRUE(b.fused);
                   EXPECT_EQ(b.received, 6U);
                   EXPECT_EQ(b.finished, 3U);
                   EXPECT_EQ(b.skipped, 3U);
               });
}

TEST(fused_worker, takes_skip_entry_for_no_failure) {
    expect_row([](int n) { return n < 4 ? n : throw paipa::skip_entry(); },
               {.on_failure = failure_action::drop},
               [](const paipa::step_report& b) {
                   EXPECT_EQ(b.skipped, 2U);
                   EXPECT_EQ(b.dropped, 0U);
               });
}

TEST(fused_worker, drops_items_as_its_own_options_say) {
    expect_row([](int n) { return n < 4 ? n : throw std::runtime_error("no"); },
               {.on_failure = failure_action::drop},
               [](const paipa::step_report& b) {
                   EXPECT_EQ(b.finished, 4U);
                   EXPECT_EQ(b.dropped, 2U);
               });
}

TEST(fused_worker, keeps_an_item_whole_for_its_dead_letter) {
    const auto broken = [](std::string s) -> int {
        s += " is spoiled";
        throw std::runtime_error(s);
    };
    const auto f =
        paipa::fuse(paipa::step("a", [](int n) { return std::to_string(n); }),
                    paipa::step("b", broken, {.on_failure = failure_action::dead_letter}));
    const auto look = [](const run_core& run) {
        const auto letters = run.dead_letters();
        ASSERT_EQ(letters.size(), 2U);
        EXPECT_EQ(letters[1].step, "b");
        EXPECT_EQ(letters[1].reason(), "1 is spoiled");
        EXPECT_EQ(*letters[1].item_as<std::string>(), "1");
        EXPECT_EQ(run.books().steps[0].finished, 2U);
        EXPECT_EQ(run.books().steps[1].dead, 2U);
    };
    look(*stage_case::ended_run(f, 2, {}));
    simulate([&](simulation&) { return f; }, 2,
             [&](const run_core& run, simulation&) { look(run); });
}

paipa::generator<int> three(int n) {
    for (int i = 0; i < 3; ++i) {
        co_yield n;
    }
}

/// Behind a step that makes three items of one, and hands them on when it has made all of them.
template <class F>
auto behind_three(F f) {
    return paipa::fuse(paipa::step("a", three, {.on_failure = failure_action::drop}),
                       paipa::step("b", f));
}

TEST(fused_worker, abandons_what_comes_behind_an_item_that_failed_the_run) {
    int calls = 0;
    const auto second_fails = [&calls](int n) {
        return ++calls == 2 ? throw std::runtime_error("no") : n;
    };
    const auto look = [&](const paipa::report& books, const std::optional<paipa::failure>& first) {
        EXPECT_EQ(calls, 2);
        EXPECT_EQ(books.steps[1].finished, 1U);
        EXPECT_EQ(books.steps[1].abandoned, 2U);
        ASSERT_TRUE(first.has_value());
        EXPECT_EQ(to_string(*first), "step 'b' (process, worker 0, attempt 1): no");
        calls = 0;
    };
    const auto on_threads = stage_case::ended_run(behind_three(std::ref(second_fails)), 4, {});
    look(on_threads->books(), on_threads->first_failure());
    simulate([&](simulation&) { return behind_three(std::ref(second_fails)); }, 4,
             [&](run_core& run, simulation&) { look(run.books(), run.first_failure()); });
}

TEST(fused_worker, sends_no_output_of_an_item_that_is_dropped) {
    ints left;
    const auto fails_late = [](int n) -> paipa::generator<int> {
        co_yield n;
        co_yield n;
        if (n == 1) {
            throw std::runtime_error("no");
        }
    };
    simulate(
        [&](simulation&) {
            left.clear();
            return behind_another(fails_late, {.on_failure = failure_action::drop}) |
                   paipa::step("c", [&](int n) { left.push_back(n); });
        },
        3, [&](run_core&, simulation&) { EXPECT_EQ(left, (ints{0, 0, 2, 2})); });
}

TEST(fused_worker, waits_with_an_item_in_hand_as_long_as_the_step_asks) {
    simulate([](simulation&) { return behind_another(patient(), {}); }, 4,
             [](run_core& run, simulation& sim) {
                 const paipa::step_report b = run.books().steps[1];
                 EXPECT_EQ(b.finished, 4U);
                 EXPECT_EQ(b.retries, 8U);
                 EXPECT_EQ(sim.elapsed(), 8s);
                 EXPECT_EQ(run.books().steps[0].time.waiting_to_retry, 8s);
             });
}

TEST(fused_worker, bounds_the_waits_of_each_item_by_itself) {
    const auto look = [](std::size_t dropped) {
        return [dropped](run_core& run, simulation&) {
            EXPECT_EQ(run.books().steps[1].dropped, dropped);
        };
    };
    const auto with_limit = [](paipa::duration limit) {
        return [limit](simulation&) {
            return behind_another(patient(), {.retry = {.attempts = 1, .retry_after_limit = limit},
                                              .on_failure = failure_action::drop});
        };
    };
    simulate(with_limit(2s), 4, look(0));
    simulate(with_limit(1s), 1, look(1));
}

TEST(fused_worker, abandons_an_item_that_waits_when_nobody_wants_more) {
    const auto never_ready = [](int) -> int { throw paipa::retry_after(1h, "not yet"); };
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        simulation sim(seed);
        sim.run([&] {
            const auto run = paipa::detail::make_run<int, void>(
                behind_another(never_ready, {.retry = {.attempts = 1, .retry_after_limit = 9h}}),
                {.quiet = true, .runtime = &sim});
            run->add_source(run_case::numbers(*run, 1), "test");
            run->start("test");
            sim.sleep_for(1s);
            run->cancel("enough");
            run->wait_end(paipa::never, "test");
            EXPECT_EQ(sim.elapsed(), 1s);
            EXPECT_EQ(run->books().steps[1].abandoned, 1U);
            EXPECT_EQ(run->books().steps[1].retries, 0U);
            EXPECT_TRUE(run->books().balanced());
        });
    }
}

/// Writes down what it sees of the items of `b`.
class watching final : public paipa::tracker {
public:
    void item_started(std::string_view step, std::size_t /*worker*/) override {
        if (step == "b") {
            seen.emplace_back("starts");
        }
    }

    void item_ended(std::string_view step, std::size_t /*worker*/, paipa::item_outcome o) override {
        if (step == "b") {
            seen.emplace_back(o == paipa::item_outcome::finished  ? "finished"
                              : o == paipa::item_outcome::dropped ? "dropped"
                                                                  : "skipped");
        }
    }

    std::vector<std::string> seen{};
};

TEST(fused_worker, tells_the_tracker_of_its_items) {
    const auto watcher = std::make_shared<watching>();
    const auto by_number = [](int n) {
        if (n == 1) {
            throw paipa::skip_entry();
        }
        if (n == 2) {
            throw std::runtime_error("no");
        }
        return n;
    };
    const std::vector<std::string> expected{"starts",  "finished", "starts",
                                            "skipped", "starts",   "dropped"};
    books_on_threads(behind_another(by_number, {.on_failure = failure_action::drop}), 3,
                     {.tracker = watcher});
    EXPECT_EQ(watcher->seen, expected);
    simulate(
        [&](simulation&) {
            watcher->seen.clear();
            return behind_another(by_number, {.on_failure = failure_action::drop});
        },
        3, [&](run_core&, simulation&) { EXPECT_EQ(watcher->seen, expected); },
        {.tracker = watcher});
}

}  // namespace
