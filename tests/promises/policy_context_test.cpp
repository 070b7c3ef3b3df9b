#include "policy.hpp"
#include "virtual_time.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

// `Out f(In, paipa::context& here)`: what class steps have by `self()`.

namespace {

using namespace promises;
using paipa::context;
using paipa::failure_action;
using paipa::generator;

class policy_context : public with_policies {};

PAIPA_WITH_POLICIES(policy_context);

TEST_P(policy_context, tell_the_worker) {
    run(paipa::step(
            "a",
            [](int x, context& here) {
                EXPECT_LT(here.index(), threads());
                EXPECT_EQ(here.siblings(), threads());
                EXPECT_EQ(here.step(), "a");
                return x;
            },
            with({})),
        numbers(0, 100));
    EXPECT_EQ(results, numbers(0, 100));
}

TEST_P(policy_context, tell_the_attempt) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x, context& here) {
                EXPECT_EQ(here.attempt(), static_cast<unsigned>(calls.call(x)));
                if (here.attempt() < 3) {
                    throw busy_error("busy");
                }
                return x;
            },
            with({.retry = {.attempts = 3}})),
        numbers(0, 100));
    EXPECT_EQ(results, numbers(0, 100));
}

TEST_P(policy_context, tell_a_class_its_attempt_too) {
    struct third final : paipa::abstract_step<int, int> {
        int process(int x) override {
            if (self().attempt() < 3) {
                throw busy_error("busy");
            }
            return x;
        }
    };

    run(paipa::step<third>("a", with({.retry = {.attempts = 3}})), numbers(0, 50));
    EXPECT_EQ(results, numbers(0, 50));
    EXPECT_EQ(report.steps[0].retries, 100U);
}

TEST_P(policy_context, give_items_back) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](int x, context& here) -> std::optional<int> {
                EXPECT_EQ(here.attempt(), 1U);
                if (calls.call(x % 1000) < 3) {
                    here.requeue(x + 1000);
                    return std::nullopt;
                }
                return x;
            },
            with({.capacity = 3})),
        numbers(0, 100));
    EXPECT_EQ(results, numbers(2000, 2100));
    EXPECT_EQ(report.steps[0].finished, 100U);
    EXPECT_EQ(report.steps[0].retries, 0U);
}

TEST_P(policy_context, emit_what_is_returned_beside_an_item_that_is_given_back) {
    run(paipa::step(
            "a",
            [&](int x, context& here) {
                if (x < 1000) {
                    here.requeue(x + 1000);
                }
                return x;
            },
            with({})),
        numbers(0, 10));
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results.size(), 20U);
    EXPECT_EQ(results.back(), 1009);
    EXPECT_EQ(report.steps[0].finished, 10U);
}

TEST_P(policy_context, give_items_back_of_the_functions_own_type) {
    struct text {
        // NOLINTNEXTLINE(google-explicit-constructor): as strings do
        text(int x) : value(std::to_string(x)) {}

        std::string value;
    };

    run(paipa::step(
            "a",
            [&](text t, context& here) -> std::optional<int> {
                if (t.value.size() < 4) {
                    t.value += "0";
                    here.requeue(std::move(t));
                    return std::nullopt;
                }
                return std::stoi(t.value);
            },
            with({})),
        {1, 23, 456});
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results, (std::vector{1000, 2300, 4560}));
}

TEST_P(policy_context, refuse_what_cannot_be_given_back) {
    run(paipa::step(
            "a",
            [](int x, context& here) {
                EXPECT_EQ(refusal<paipa::state_error>([&] { here.requeue(1.5); }),
                          "step 'a': requeue: expected the type that the step takes, int, "
                          "got double");
                here.requeue(x);
                EXPECT_EQ(refusal<paipa::state_error>([&] { here.requeue(x); }),
                          "step 'a': requeue: expected one call per item in hand, got a "
                          "second one");
                throw paipa::give_up("enough");
                return x;
            },
            with({.on_failure = failure_action::drop})),
        {1});
    EXPECT_EQ(report.dropped(), 1U);
    context* kept = nullptr;
    paipa::pipeline p{paipa::step("a", [&](int, context& here) { kept = &here; }), {.quiet = true}};
    p.put(1);
    p.finish();
    p.run();
    EXPECT_EQ(refusal<paipa::state_error>([&] { kept->requeue(1); }),
              "step 'a': requeue: expected an item in hand, got a call outside of process");
}

TEST_P(policy_context, share_the_steps_storage) {
    std::atomic<int> last = 0;
    run(paipa::step(
            "a",
            [&](int x, context& here) {
                last = ++*here.storage<int>();
                return x;
            },
            with({})),
        numbers(0, 200));
    EXPECT_EQ(results, numbers(0, 200));
    EXPECT_EQ(last, 200);
}

TEST_P(policy_context, are_for_generators_and_flat_map) {
    run(paipa::step(
            "a",
            [](int x, context& here) -> generator<int> {
                co_yield x;
                co_yield static_cast<int>(here.attempt()) + 100;
            },
            with({})) |
            paipa::step("b", paipa::flat_map([](const int& x, context& here) {
                            return std::vector{x, here.step() == "b" ? 1 : 2};
                        }),
                        with({})),
        {1, 2});
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results, (std::vector{1, 1, 1, 1, 1, 2, 101, 101}));
    results.clear();
    run(paipa::flat_map([](int x, context& here) {
            return std::vector<std::size_t>{static_cast<std::size_t>(x), here.siblings()};
        }) | paipa::step("c", [](std::size_t x) { return static_cast<int>(x); }),
        {5});
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results, (std::vector{1, 5}));
}

TEST_P(policy_context, are_for_functions_of_any_item) {
    run(paipa::step("int", [](int x) { return x; }) | paipa::step(
                                                          "a",
                                                          [](auto x, context& here) {
                                                              if (here.attempt() == 1) {
                                                                  throw busy_error("busy");
                                                              }
                                                              return x;
                                                          },
                                                          with({.retry = {.attempts = 2}})),
        numbers(0, 20));
    EXPECT_EQ(results, numbers(0, 20));
}

TEST_P(policy_context, are_for_move_only_items) {
    run(paipa::step(
            "a", [](int x, context&) { return std::make_unique<int>(x); }, with({})) |
            paipa::step("b",
                        [](std::unique_ptr<int> x, context& here) -> std::optional<int> {
                            if (*x < 100) {
                                *x += 100;
                                here.requeue(std::move(x));
                                return std::nullopt;
                            }
                            return *x;
                        },
                        {.threads = threads(), .ordered = ordered()}),
        numbers(0, 20));
    EXPECT_EQ(results, numbers(100, 120));
}

TEST_P(policy_context, of_fused_steps_are_of_each_step) {
    std::atomic<int> tries = 0;
    run(paipa::fuse(paipa::step(
                        "one",
                        [&](int x, context& here) -> std::optional<int> {
                            EXPECT_EQ(here.step(), "one");
                            ++*here.storage<int>();
                            if (x < 10) {
                                here.requeue(x + 10);
                                return std::nullopt;
                            }
                            return x;
                        },
                        with({})),
                    paipa::step("two", [](int x) { return x; }),
                    paipa::step("three",
                                [&](int x, context& here) {
                                    EXPECT_EQ(here.step(), "three");
                                    EXPECT_EQ(here.siblings(), threads());
                                    tries += static_cast<int>(here.attempt());
                                    if (!is_inline()) {
                                        EXPECT_EQ(
                                            refusal<paipa::state_error>([&] { here.requeue(x); }),
                                            "step 'three': requeue: expected a step with "
                                            "an edge in front of it, got a fused step "
                                            "behind the first");
                                    }
                                    return x;
                                })),
        numbers(0, 10));
    EXPECT_EQ(results, numbers(10, 20));
    EXPECT_EQ(tries, 10);
}

TEST_P(policy_context, hear_that_the_run_is_over) {
    if (is_inline()) {
        return;  // nobody could cancel it
    }
    for (const bool fused : {false, true}) {
        gate begun;
        std::atomic<int> stopped = 0;
        const auto wait = [&](int x, context& here) {
            begun.open();
            stopped += here.sleep_for(1h) ? 0 : 1;
            EXPECT_TRUE(here.stop_token().stop_requested());
            return x;
        };
        const auto go = [&](const auto& flow) {
            paipa::pipeline p{flow, {.quiet = true}};
            p.start();
            p.put(1);
            EXPECT_TRUE(begun.wait());
            p.cancel();
            EXPECT_TRUE(p.stop().balanced());
        };
        if (fused) {
            go(paipa::fuse(
                paipa::step("a", [](int x) { return x; }, with({})), paipa::step("b", wait)));
        } else {
            go(paipa::step("a", wait, with({})));
        }
        EXPECT_EQ(stopped, 1);
    }
}

class policy_context_time : public virtual_time {};

INSTANTIATE_TEST_SUITE_P(seeds, policy_context_time, testing::Range<std::uint64_t>(0, 5));

TEST_P(policy_context_time, sleep_and_requeue_by_the_runs_clock) {
    run([&] {
        const auto begin = sim.now();
        paipa::pipeline p{paipa::step("a",
                                      [&](int x, context& here) {
                                          EXPECT_TRUE(here.sleep_for(5s));
                                          times.push_back(sim.now() - begin);
                                          if (x < 3) {
                                              here.requeue(x + 1, 1min);
                                          }
                                      }),
                          options()};
        p.put(1);
        p.finish();
        p.run();
        EXPECT_EQ(times, (std::vector<paipa::duration>{5s, 70s, 135s}));
    });
}

TEST(policy_context_flat_map, a_named_one_may_be_generic) {
    const auto repeated = [](auto x, paipa::context& here) {
        return std::vector<int>(here.siblings(), x);  // does not compile for just any type
    };
    auto chain = paipa::combine(numbers(0, 3), paipa::step("a", paipa::flat_map(repeated)));
    EXPECT_EQ(paipa::consume(chain), 3U);
}

}  // namespace
