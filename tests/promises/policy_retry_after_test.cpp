#include "policy.hpp"
#include "virtual_time.hpp"

#include <stdexcept>
#include <string>

// `throw retry_after{5s, "503"}`: the item comes back then, and that costs no attempt.

namespace {

using namespace promises;
using paipa::failure_action;

class policy_retry_after : public with_policies {};

PAIPA_WITH_POLICIES(policy_retry_after);

TEST_P(policy_retry_after, costs_no_attempt) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](int x) {
                const int n = calls.call(x);
                if (n <= 4) {
                    throw paipa::retry_after{1ms, "503"};
                }
                if (n == 5) {
                    throw busy_error("busy");
                }
                return x;
            },
            with({.retry = {.attempts = 2}})),
        numbers(0, 50));
    EXPECT_EQ(thrown, nullptr);
    EXPECT_EQ(results, numbers(0, 50));
    EXPECT_EQ(report.steps[0].retries, 250U);
}

TEST_P(policy_retry_after, works_on_the_last_attempt) {
    calls_by_item calls;
    const auto words = [](const int& x) { return std::to_string(x); };
    run(paipa::step("words", words) | paipa::step(
                                          "a",
                                          [&](std::string text) {
                                              const int x = std::stoi(text);
                                              const std::string consumed = std::move(text);
                                              const int n = calls.call(x);
                                              if (n == 1) {
                                                  throw busy_error("busy");
                                              }
                                              if (n < 4) {
                                                  throw paipa::retry_after{1ms, "503"};
                                              }
                                              return x;
                                          },
                                          with({.retry = {.attempts = 2}})),
        numbers(0, 20));
    EXPECT_EQ(results, numbers(0, 20));
}

TEST_P(policy_retry_after, is_no_error_of_a_dead_letter) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                if (calls.call(x) <= 3) {
                    throw paipa::retry_after{1ms, "503"};
                }
                throw busy_error("busy");
                return x;
            },
            with({.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter})),
        numbers(0, 10));
    ASSERT_EQ(letters.size(), 10U);
    for (const auto& letter : letters) {
        ASSERT_EQ(letter.attempts.size(), 2U);
        EXPECT_EQ(letter.reason(), "busy");
    }
}

TEST_P(policy_retry_after, beyond_the_limit_is_a_failed_try) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                calls.call(x);
                throw paipa::retry_after{2ms, "503"};
                return x;
            },
            with({.retry = {.attempts = 3, .retry_after_limit = 7ms},
                  .on_failure = failure_action::dead_letter})),
        numbers(0, 10));
    for (int x = 0; x < 10; ++x) {
        EXPECT_EQ(calls.of(x), 3 + 3);  // three waits of 2 ms, then three attempts
    }
    ASSERT_EQ(letters.size(), 10U);
    EXPECT_EQ(letters[0].attempts.size(), 3U);
    EXPECT_EQ(letters[0].reason(),
              "503: the item may wait no longer: its retry_after_limit is used up");
    EXPECT_TRUE(is_a<paipa::retry_after>(letters[0].attempts[0].error));
}

TEST_P(policy_retry_after, without_a_pause_ends_all_the_same) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                calls.call(x);
                throw paipa::retry_after{-1s};
                return x;
            },
            with({.retry = {.attempts = 2, .retry_after_limit = 5ms},
                  .on_failure = failure_action::drop})),
        {1, 2});
    EXPECT_EQ(calls.of(1), 5 + 2);
    EXPECT_EQ(report.dropped(), 2U);
}

TEST_P(policy_retry_after, needs_no_retries_where_the_item_stays_whole) {
    const auto flow = [&](auto f) {
        return paipa::step("to text", [](const int& x) { return std::to_string(x); }) |
               paipa::step("a", std::move(f), {.threads = threads()});
    };
    {
        calls_by_item calls;
        run(paipa::step("number",
                        [&](int x) {
                            if (calls.call(x) == 1) {
                                throw paipa::retry_after{1ms, "503"};
                            }
                            return x;
                        },
                        {.threads = threads()}),
            numbers(0, 100));
        std::sort(results.begin(), results.end());
        EXPECT_EQ(results, numbers(0, 100));
        EXPECT_EQ(report.steps[0].finished, 100U);
        EXPECT_EQ(report.steps[0].retries, 100U);
        results.clear();
    }
    calls_by_item calls;
    run(flow([&](const std::string& text) {
            const int x = std::stoi(text);
            if (calls.call(x) == 1) {
                throw paipa::retry_after{1ms, "503"};
            }
            return x;
        }),
        numbers(0, 100));
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results, numbers(0, 100));
    results.clear();
    run(flow([&](std::string text) -> int {
            const std::string consumed = std::move(text);
            throw paipa::retry_after{1ms, "503"};
        }),
        {1});
    EXPECT_TRUE(is_a<paipa::retry_after>(thrown));
    EXPECT_EQ(report.failures[0].what,
              "503: the item cannot come back: the step has consumed its item: give it "
              ".retry.attempts, or take the item by const reference");
}

TEST_P(policy_retry_after, of_an_ordered_function_needs_retries) {
    if (is_inline() || !ordered()) {
        return;
    }
    run(paipa::step(
            "a",
            [&](const int& x) -> int {
                throw paipa::retry_after{1ms, "503"};
                return x;
            },
            with({})),
        {1});
    EXPECT_EQ(report.failures[0].what,
              "503: the item cannot come back: an ordered step without .retry.attempts keeps no "
              "place for its item");
}

TEST_P(policy_retry_after, in_fused_steps_is_for_the_first_one) {
    calls_by_item calls;
    const auto one = [&](const int& x) {
        if (calls.call(x) < 3) {
            throw paipa::retry_after{1ms, "503"};
        }
        return x;
    };
    const auto two = [](const int& x) {
        if (x == 3) {
            throw paipa::retry_after{1ms, "503"};
        }
        return x;
    };
    if (is_inline()) {
        return;  // there the steps are not fused
    }
    run(paipa::fuse(paipa::step("one", one, with({.retry = {.attempts = 2}})),
                    paipa::step("two", two, {.on_failure = failure_action::dead_letter})),
        numbers(0, 10));
    EXPECT_EQ(results.size(), 9U);
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].reason(),
              "503: the item cannot come back: a fused step behind the first has no edge in front "
              "of it");
}

TEST_P(policy_retry_after, of_a_generator_repeats_what_it_has_sent_without_retries) {
    calls_by_item calls;
    const auto twice = [&](const int& x) -> paipa::generator<int> {
        co_yield x;
        if (calls.call(x) == 1) {
            throw paipa::retry_after{1ms, "503"};
        }
    };
    run(paipa::step("a", twice, {.threads = threads()}), {1, 2});
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results, (std::vector{1, 1, 2, 2}));
    results.clear();
    calls_by_item again;
    const auto held = [&](const int& x) -> paipa::generator<int> {
        co_yield x;
        if (again.call(x) == 1) {
            throw paipa::retry_after{1ms, "503"};
        }
    };
    run(paipa::step("a", held, with({.retry = {.attempts = 2}})), {1, 2});
    EXPECT_EQ(results, (std::vector{1, 2}));
}

class policy_retry_after_time : public virtual_time {};

INSTANTIATE_TEST_SUITE_P(seeds, policy_retry_after_time, testing::Range<std::uint64_t>(0, 5));

TEST_P(policy_retry_after_time, is_exact) {
    run([&] {
        const auto begin = sim.now();
        paipa::pipeline p{paipa::step("a",
                                      [&](int x) {
                                          times.push_back(sim.now() - begin);
                                          if (times.size() < 4) {
                                              throw paipa::retry_after{5s, "503"};
                                          }
                                          return x;
                                      }),
                          options()};
        p.put(1);
        p.finish();
        p.run();
        EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 5s, 10s, 15s}));
    });
}

TEST_P(policy_retry_after_time, adds_up_to_ten_minutes_by_default) {
    run([&] {
        const auto begin = sim.now();
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) -> int {
                                          times.push_back(sim.now() - begin);
                                          throw paipa::retry_after{4min, "503"};
                                          return x;
                                      },
                                      {.on_failure = failure_action::drop}),
                          options()};
        p.put(1);
        p.finish();
        EXPECT_EQ(p.run().dropped(), 1U);
        EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 4min, 8min}));
    });
}

TEST_P(policy_retry_after_time, waits_without_a_worker) {
    run([&] {
        const auto begin = sim.now();
        paipa::pipeline p{paipa::step("a",
                                      [&](int x) {
                                          if (x == 1 && sim.now() - begin < 1h) {
                                              throw paipa::retry_after{1h, "503"};
                                          }
                                          times.push_back(sim.now() - begin);
                                          return x;
                                      },
                                      {.retry = {.retry_after_limit = 1h}}),
                          options()};
        p.put(1);
        p.put(2);
        p.finish();
        p.run();
        EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 1h}));
    });
}

TEST_P(policy_retry_after_time, ends_with_a_drain) {
    run([&] {
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) -> int {
                                          throw paipa::retry_after{1min, "503"};
                                          return x;
                                      },
                                      {.threads = 2}),
                          options()};
        p.start();
        p.put(1);
        sim.sleep_for(1s);
        const auto r = p.drain(1s);
        EXPECT_TRUE(r.balanced()) << r;
        EXPECT_EQ(r.abandoned(), 1U);
    });
}

}  // namespace
