#include <paipa/abstract_step.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/typed_item_worker.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/testing/simulation.hpp>

#include "../items_case.hpp"
#include "run_through.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// A worker takes the short way, which only counts, or it tells its stage of each try. What is said
// here holds for both: in a simulation no worker takes the short way.

namespace {

using namespace std::chrono_literals;
using paipa::failure_action;
using paipa::detail::run_core;
using paipa::testing::simulation;
using stage_case::ended_run;
using stage_case::simulate;
using ints = std::vector<int>;

/// The run of some numbers on threads, and in many simulations.
template <class Flow>
void on_both_ways(const Flow& f, int numbers, const std::function<void(const run_core&)>& look) {
    look(*ended_run(f, numbers, {}));
    simulate([&](simulation&) { return f; }, numbers,
             [&](const run_core& run, simulation&) { look(run); });
}

TEST(typed_item_worker, counts_each_item_once) {
    const auto even = [](int n) { return n % 4 == 0 ? std::nullopt : std::optional(n); };
    on_both_ways(paipa::step("a", even, {.threads = 3}), 100, [](const run_core& run) {
        const paipa::step_report a = run.books().steps[0];
        EXPECT_EQ(a.received, 100U);
        EXPECT_EQ(a.finished, 75U);
        EXPECT_EQ(a.skipped, 25U);
        EXPECT_EQ(a.emitted, 75U);
    });
}

TEST(typed_item_worker, counts_items_that_have_one_output_each_by_their_outputs) {
    const auto some_fail = [](int n) {
        if (n % 4 == 0) {
            throw paipa::skip_entry();
        }
        return n % 4 == 1 ? throw std::runtime_error("no") : n;
    };
    on_both_ways(paipa::step("a", some_fail, {.on_failure = failure_action::drop}), 100,
                 [](const run_core& run) {
                     const paipa::step_report a = run.books().steps[0];
                     EXPECT_EQ(a.finished, 50U);
                     EXPECT_EQ(a.skipped, 25U);
                     EXPECT_EQ(a.dropped, 25U);
                     EXPECT_EQ(a.emitted, 50U);
                 });
}

TEST(typed_item_worker, tells_the_failure_of_the_run_which_try_it_was) {
    const auto fails = [](int n) { return n == 2 ? throw std::runtime_error("no") : n; };
    on_both_ways(paipa::step("a", fails), 5, [](const run_core& run) {
        EXPECT_EQ(to_string(*run.first_failure()), "step 'a' (process, worker 0, attempt 1): no");
        EXPECT_EQ(run.books().steps[0].finished, 2U);
    });
}

TEST(typed_item_worker, abandons_the_rest_of_its_batch_when_the_run_is_cancelled) {
    int calls = 0;
    run_core* cancelled = nullptr;
    const auto step = [&](int n) {
        if (++calls == 4) {  // the first one of its batch, as batches grow
            cancelled->cancel("enough");
        }
        return n;
    };
    const auto run_it = [&](paipa::runtime* rt) {
        calls = 0;
        const auto run = paipa::detail::make_run<int, void>(paipa::step("a", std::ref(step)),
                                                            {.quiet = true, .runtime = rt});
        cancelled = run.get();
        for (int n = 0; n < 20; ++n) {
            run_case::put(*run, n);
        }
        run->start("test");
        run->wait_end(paipa::never, "test");
        EXPECT_EQ(calls, 4);
        EXPECT_EQ(run->books().steps[0].finished, 4U);
        EXPECT_EQ(run->books().abandoned(), 16U);
        EXPECT_TRUE(run->books().balanced());
    };
    run_it(nullptr);
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        simulation sim(seed);
        sim.run([&] { run_it(&sim); });
    }
}

/// How many tokens live while each of some tokens is processed.
std::set<std::size_t> living(paipa::runtime* rt) {
    tokens() = {};
    std::set<std::size_t> all;
    const auto look = [&](token t) {
        const std::size_t taken_over = t.number >= 0 ? 1 : 0;
        all.insert(tokens().living.size() - taken_over);
    };
    const auto run = paipa::detail::make_run<token, void>(paipa::step("a", std::ref(look)),
                                                          {.quiet = true, .runtime = rt});
    for (int n = 0; n < 8; ++n) {
        token item(n);
        paipa::detail::edge_put(run->intake(), run->site("put")).put<token>(&item, 1, paipa::never);
    }
    run->finish();
    run->run();
    EXPECT_TRUE(tokens().living.empty());
    EXPECT_EQ(tokens().faults, 0U);
    return all;
}

TEST(typed_item_worker, destroys_each_item_before_it_begins_the_next_one) {
    const std::set<std::size_t> expected{1, 2, 3, 4, 5, 6, 7, 8};
    EXPECT_EQ(living(nullptr), expected);
    simulation sim;
    sim.run([&] { EXPECT_EQ(living(&sim), expected); });
}

/// Gives each item back once, and then ends the call as the test says.
class giving_back final : public paipa::abstract_step<int, int> {
public:
    explicit giving_back(std::function<void()> end) : end_(std::move(end)) {}

    int process(int n) override {
        if (seen_.insert(n).second) {
            self().requeue(n);
            end_();
        }
        return n;
    }

private:
    const std::function<void()> end_;
    std::set<int> seen_{};
};

/// The row of a step that gives each of three items back, whether its outputs are held or not:
/// where they are, it does not take the short way.
void expect_given_back(const std::function<void()>& end,
                       const std::function<void(const paipa::step_report&)>& look) {
    for (const paipa::outputs leave : {paipa::outputs::hold, paipa::outputs::at_once}) {
        on_both_ways(paipa::step<giving_back>(
                         "a", {.on_failure = failure_action::drop, .outputs = leave}, end),
                     3, [&](const run_core& run) {
                         EXPECT_EQ(run.books().steps[0].received, 3U);
                         look(run.books().steps[0]);
                     });
    }
}

TEST(typed_item_worker, gives_an_item_back_and_sends_what_the_call_returns) {
    expect_given_back([] {},
                      [](const paipa::step_report& a) {
                          EXPECT_EQ(a.finished, 3U);
                          EXPECT_EQ(a.emitted, 6U);
                      });
}

TEST(typed_item_worker, does_not_count_an_item_as_skipped_that_was_given_back) {
    expect_given_back([] { throw paipa::skip_entry(); },
                      [](const paipa::step_report& a) {
                          EXPECT_EQ(a.finished, 3U);
                          EXPECT_EQ(a.skipped, 0U);
                          EXPECT_EQ(a.emitted, 3U);
                      });
}

TEST(typed_item_worker, does_not_give_an_item_back_whose_try_has_failed) {
    expect_given_back([] { throw std::runtime_error("no"); },
                      [](const paipa::step_report& a) {
                          EXPECT_EQ(a.dropped, 3U);
                          EXPECT_EQ(a.finished, 0U);
                          EXPECT_EQ(a.emitted, 0U);
                      });
}

/// Tries to give an item back when it has none.
class too_late final : public paipa::abstract_step<int, int> {
public:
    explicit too_late(int& refused) : refused_(refused) {}

    int process(int n) override { return n; }

    void thread_shutdown() override {
        try {
            self().requeue(1);
        } catch (const paipa::state_error&) {
            ++refused_;
        }
    }

private:
    int& refused_;
};

TEST(typed_item_worker, has_no_item_in_hand_behind_its_call) {
    int refused = 0;
    int runs = 0;
    on_both_ways(paipa::step<too_late>("a", paipa::step_options{}, std::ref(refused)), 3,
                 [&](const run_core& run) {
                     EXPECT_EQ(run.books().steps[0].finished, 3U);
                     EXPECT_EQ(refused, ++runs);
                 });
}

TEST(typed_item_worker, sends_what_its_kernel_keeps_back_at_the_end) {
    on_both_ways(paipa::chunk(3), 8, [](const run_core& run) {
        EXPECT_EQ(run.books().steps[0].finished, 8U);
        EXPECT_EQ(run.books().steps[0].emitted, 3U);
    });
}

/// Asks for a moment at the first two tries of each item.
struct patient {
    int operator()(int n) {
        if (++tries % 3 != 0) {
            throw paipa::retry_after(1ms);
        }
        return n;
    }

    int tries = 0;
};

TEST(typed_item_worker, tells_which_item_waits_in_its_hand) {
    const paipa::step_options o{.retry = {.attempts = 1, .retry_after_limit = 2ms},
                                .on_failure = failure_action::drop,
                                .ordered = true};
    on_both_ways(paipa::step("a", patient(), o), 4, [](const run_core& run) {
        EXPECT_EQ(run.books().steps[0].finished, 4U);  // each within its own limit
        EXPECT_EQ(run.books().steps[0].retries, 8U);
    });
}

/// Counts its instances. One that two workers call at the same time fails the run.
class counted final : public paipa::abstract_step<int, int> {
public:
    explicit counted(std::atomic<int>& made) { ++made; }

    int process(int n) override {
        if (is_busy_.exchange(true)) {
            throw std::runtime_error("two workers share an instance");
        }
        is_busy_ = false;
        return n;
    }

private:
    std::atomic<bool> is_busy_{false};
};

TEST(typed_item_worker, has_a_kernel_of_its_own) {
    std::atomic<int> made{0};
    const auto run = ended_run(paipa::step<counted>("a", {.threads = 3}, std::ref(made)), 300, {});
    EXPECT_EQ(made, 3);
    EXPECT_EQ(run->books().steps[0].finished, 300U);
}

}  // namespace
