#include "policy.hpp"
#include "virtual_time.hpp"

#include <any>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

// `retry_policy::budget`: retries never become the load.

namespace {

using namespace promises;
using paipa::failure_action;

class policy_budget : public with_policies {};

PAIPA_WITH_POLICIES(policy_budget);

TEST_P(policy_budget, retries_every_item_in_the_end) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                if (calls.call(x) < 3) {
                    throw busy_error("busy");
                }
                return x;
            },
            with({.retry = {.attempts = 3, .budget = {.ratio = 0.2}}})),
        numbers(0, 500));
    EXPECT_EQ(results, numbers(0, 500));
    EXPECT_EQ(report.steps[0].retries, 1000U);
}

TEST_P(policy_budget, lets_dead_letters_through) {
    run(paipa::step(
            "a",
            [](const int& x) {
                throw busy_error("busy");
                return x;
            },
            with({.capacity = 4,
                  .retry = {.attempts = 3, .budget = {.ratio = 0.01}},
                  .on_failure = failure_action::dead_letter})),
        numbers(0, 100));
    EXPECT_EQ(letters.size(), 100U);
    EXPECT_EQ(report.steps[0].retries, 200U);
}

/// Counts first tries and others, and fails the first `failing` tries of each item.
class counted {
public:
    explicit counted(int failing) : failing_(failing) {}

    void call(int item) {
        const int n = calls_.call(item);
        ++(n == 1 ? firsts : retries);
        if (n <= failing_) {
            throw busy_error("busy");
        }
    }

    int firsts = 0;
    int retries = 0;

private:
    int failing_;
    calls_by_item calls_;
};

TEST(policy_budget_in_combine, holds_retries_back_while_there_are_first_tries) {
    counted all(2);
    auto chain = paipa::combine(numbers(0, 200),
                                paipa::step("a",
                                            [&](const int& x) {
                                                if (all.firsts < 200) {
                                                    EXPECT_LE(all.retries, all.firsts / 5);
                                                }
                                                all.call(x);
                                                return x;
                                            },
                                            {.retry = {.attempts = 3, .budget = {.ratio = 0.2}}}));
    EXPECT_EQ(paipa::consume(chain), 200U);
    EXPECT_EQ(all.retries, 400);
}

class policy_budget_time : public virtual_time {
protected:
    [[nodiscard]] static paipa::step_options with_budget(double ratio, unsigned attempts = 2) {
        return {.threads = 3,
                .capacity = 1000,
                .retry = {.attempts = attempts, .budget = {.ratio = ratio}}};
    }
};

INSTANTIATE_TEST_SUITE_P(seeds, policy_budget_time, testing::Range<std::uint64_t>(0, 20));

TEST_P(policy_budget_time, makes_retries_beyond_the_ratio_wait) {
    run([&] {
        counted all(1);
        paipa::pipeline p{
            paipa::step("a", [&](const int& x) { all.call(x); }, with_budget(0.2)), options()};
        p.start();
        for (int x = 0; x < 100; ++x) {
            p.put(x);
        }
        sim.sleep_for(5s);
        EXPECT_EQ(all.firsts, 100);
        EXPECT_EQ(all.retries, 20);
        EXPECT_EQ(p.report().steps[0].inside, 80U);
        for (int x = 100; x < 150; ++x) {  // each brings its part
            p.put(x);
        }
        sim.sleep_for(5s);
        EXPECT_EQ(all.retries, 30);
        const auto r = p.stop();  // there are no more first tries
        expect_closed(r);
        EXPECT_EQ(all.retries, 150);
        EXPECT_EQ(r.steps[0].finished, 150U);
    });
}

TEST_P(policy_budget_time, is_not_spent_by_what_comes_back_by_request) {
    run([&] {
        counted all(0);
        int returns = 0;
        paipa::pipeline p{paipa::step(
                              "a",
                              [&](const int& x) {
                                  all.call(x);
                                  if (++returns <= 10) {
                                      throw paipa::retry_after{1s, "503"};
                                  }
                              },
                              with_budget(0.001)),
                          options()};
        p.start();
        p.put(1);
        sim.sleep_for(1min);
        EXPECT_EQ(returns, 11);
        expect_closed(p.stop());
    });
}

TEST_P(policy_budget_time, lets_one_go_when_no_first_try_has_come_for_ten_seconds) {
    run([&] {
        counted all(1);
        paipa::pipeline p{
            paipa::step("a", [&](const int& x) { all.call(x); }, with_budget(0.001)), options()};
        p.start();
        for (int x = 0; x < 3; ++x) {
            p.put(x);
        }
        sim.sleep_for(9s);
        EXPECT_EQ(all.retries, 0);
        sim.sleep_for(2s);
        EXPECT_EQ(all.retries, 1);
        sim.sleep_for(10s);
        EXPECT_EQ(all.retries, 2);
        expect_closed(p.stop());
        EXPECT_EQ(all.retries, 3);
    });
}

TEST_P(policy_budget_time, an_idle_worker_makes_a_retry_as_soon_as_it_is_earned) {
    run([&] {
        counted all(0);
        paipa::duration retried{};
        paipa::pipeline p{paipa::step(
                              "a",
                              [&](const int& x) {
                                  all.call(x);
                                  if (x == 0 && all.retries == 0) {
                                      throw busy_error("busy");
                                  }
                                  if (x == 0) {
                                      retried = sim.elapsed();
                                  } else {
                                      sim.sleep_for(1h);
                                  }
                              },
                              with_budget(0.5)),
                          options()};
        p.start();
        p.put(0);
        sim.sleep_for(1s);
        p.put(1);  // the second first try, which takes long
        sim.sleep_for(2h);
        EXPECT_EQ(retried, 1s);
        expect_closed(p.stop());
    });
}

TEST_P(policy_budget_time, all_workers_make_the_retries_that_a_meta_entry_waits_for) {
    run([&] {
        counted all(1);
        paipa::pipeline p{paipa::step(
                              "a",
                              [&](const int& x) {
                                  all.call(x);
                                  sim.sleep_for(5s);
                              },
                              with_budget(0.001)),
                          options()};
        p.start();
        for (int x = 0; x < 3; ++x) {
            p.put(x);
        }
        sim.sleep_for(1s);
        p.put_meta(std::any(1));
        sim.sleep_for(1s);
        EXPECT_EQ(all.retries, 3);
        expect_closed(p.stop());
    });
}

TEST_P(policy_budget_time, earns_from_the_last_thousand_first_tries) {
    run([&] {
        int failed = 0;
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) {
                                          if (x < 0) {
                                              ++failed;
                                              throw busy_error("busy");
                                          }
                                      },
                                      {.threads = 2,
                                       .capacity = 1000,
                                       .retry = {.attempts = 1000, .budget = {.ratio = 0.01}},
                                       .on_failure = failure_action::drop}),
                          options()};
        p.start();
        for (int x = 0; x < 5000; ++x) {
            p.put(x);
        }
        p.put(-1);
        sim.sleep_for(5s);
        EXPECT_EQ(failed, 1 + 10);
        (void)p.drain(0s);
    });
}

TEST_P(policy_budget_time, holds_up_no_order) {
    run([&] {
        std::vector<int> left;
        counted all(1);
        const auto begin = sim.now();
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) {
                                          all.call(x);
                                          return x;
                                      },
                                      {.threads = 3,
                                       .capacity = 4,
                                       .retry = {.attempts = 2, .budget = {.ratio = 0.01}},
                                       .ordered = true}) |
                              paipa::step("b", [&](int x) { left.push_back(x); }),
                          options()};
        p.start();
        for (int x = 0; x < 50; ++x) {
            p.put(x);
        }
        expect_closed(p.stop());
        EXPECT_EQ(left, numbers(0, 50));
        EXPECT_LT(sim.now() - begin, 1s);
    });
}

TEST_P(policy_budget_time, holds_up_no_full_edge_and_no_meta_entry) {
    run([&] {
        counted all(1);
        const auto begin = sim.now();
        paipa::pipeline p{
            paipa::step(
                "a", [&](const int& x) { all.call(x); },
                {.threads = 2, .capacity = 3, .retry = {.attempts = 2, .budget = {.ratio = 0.01}}}),
            options()};
        p.start();
        for (int x = 0; x < 50; ++x) {
            p.put(x);
        }
        p.put_meta(std::any(1));
        p.put(50);
        sim.sleep_for(1s);
        EXPECT_EQ(all.firsts, 51);
        expect_closed(p.stop());
        EXPECT_LT(sim.now() - begin, 2s);
    });
}

TEST_P(policy_budget_time, ends_with_a_cancel) {
    run([&] {
        counted all(1);
        paipa::pipeline p{
            paipa::step("a", [&](const int& x) { all.call(x); }, with_budget(0.001)), options()};
        p.start();
        for (int x = 0; x < 10; ++x) {
            p.put(x);
        }
        sim.sleep_for(1s);
        p.cancel();
        const auto r = p.stop();
        EXPECT_TRUE(r.balanced()) << r;
        EXPECT_EQ(r.abandoned(), 10U);
    });
}

}  // namespace
