#include <paipa/testing/simulation.hpp>

#include "support.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace promises;

/// Threads, capacity.
class order : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
protected:
    [[nodiscard]] static paipa::step_options ordered() {
        return {.threads = std::get<0>(GetParam()), .ordered = true};
    }

    [[nodiscard]] static paipa::pipeline_options options() {
        return {.quiet = true, .capacity = std::get<1>(GetParam())};
    }

    template <class Flow>
    static std::vector<int> outputs(const Flow& flow, int items) {
        paipa::pipeline p{flow, options()};
        p.put_iterable(std::views::iota(0, items));
        std::vector<int> got;
        for (const int x : p.results()) {
            got.push_back(x);
        }
        expect_closed(p.report());
        return got;
    }
};

INSTANTIATE_TEST_SUITE_P(threads, order,
                         testing::Combine(testing::Values(1U, 2U, 4U, 8U),
                                          testing::Values(1U, 3U, 64U)),
                         [](const auto& test) {
                             return std::to_string(std::get<0>(test.param)) + "_capacity_" +
                                    std::to_string(std::get<1>(test.param));
                         });

/// Some items take their time.
void dawdle(int x) {
    for (int i = 0; i < x % 3; ++i) {
        std::this_thread::yield();
    }
}

TEST_P(order, is_kept_by_parallel_workers) {
    EXPECT_EQ(outputs(paipa::step(
                          "a",
                          [](int x) {
                              dawdle(x);
                              return x;
                          },
                          ordered()),
                      1'000),
              numbers(0, 1'000));
}

TEST_P(order, is_kept_through_skips) {
    const auto got = outputs(paipa::step(
                                 "a",
                                 [](int x) -> std::optional<int> {
                                     dawdle(x);
                                     if (x % 5 == 0) {
                                         throw paipa::skip_entry{};
                                     }
                                     return x % 3 == 0 ? std::nullopt : std::optional(x);
                                 },
                                 ordered()),
                             1'000);
    std::vector<int> want;
    for (int x = 0; x < 1'000; ++x) {
        if (x % 3 != 0 && x % 5 != 0) {
            want.push_back(x);
        }
    }
    EXPECT_EQ(got, want);
}

TEST_P(order, is_kept_through_expansions_small_and_large) {
    const auto got = outputs(paipa::step(
                                 "a",
                                 [](int x) -> paipa::generator<int> {
                                     const int n = x % 20 == 0 ? 300 : x % 4;
                                     for (int i = 0; i < n; ++i) {
                                         co_yield x;
                                     }
                                 },
                                 ordered()),
                             100);
    std::vector<int> want;
    for (int x = 0; x < 100; ++x) {
        want.insert(want.end(), static_cast<std::size_t>(x % 20 == 0 ? 300 : x % 4), x);
    }
    EXPECT_EQ(got, want);
}

TEST_P(order, is_kept_through_retries) {
    std::array<std::atomic<int>, 500> calls{};
    auto o = ordered();
    o.retry.attempts = 4;
    EXPECT_EQ(outputs(paipa::step(
                          "a",
                          [&](int x) {
                              const int n = ++calls[static_cast<std::size_t>(x)];
                              if (n <= x % 4) {
                                  throw std::runtime_error("not yet");
                              }
                              return x;
                          },
                          o),
                      500),
              numbers(0, 500));
}

TEST_P(order, is_kept_around_dead_letters_and_dropped_items) {
    for (const auto action : {paipa::failure_action::dead_letter, paipa::failure_action::drop}) {
        auto o = ordered();
        o.retry.attempts = 2;
        o.on_failure = action;
        const auto got = outputs(paipa::step(
                                     "a",
                                     [](int x) {
                                         dawdle(x);
                                         if (x % 2 == 0) {
                                             throw x;
                                         }
                                         return x;
                                     },
                                     o),
                                 500);
        std::vector<int> want;
        for (int x = 1; x < 500; x += 2) {
            want.push_back(x);
        }
        EXPECT_EQ(got, want);
    }
}

TEST_P(order, is_kept_through_requeues_of_a_class_step) {
    struct thrice final : paipa::abstract_step<int, int, std::optional<int>> {
        std::optional<int> process(int x) override {
            if (x < 3'000'000 && x % 2 == 0) {
                self().requeue(x + 1'000'000);
                return std::nullopt;
            }
            return x % 1'000'000;
        }
    };

    EXPECT_EQ(outputs(paipa::step<thrice>("a", ordered()), 500), numbers(0, 500));
}

TEST_P(order, is_kept_by_one_ordered_step_behind_another) {
    EXPECT_EQ(outputs(paipa::step(
                          "a", [](int x) { return x; }, ordered()) |
                          paipa::step(
                              "b",
                              [](int x) {
                                  dawdle(x);
                                  return x;
                              },
                              ordered()) |
                          paipa::step("c", paipa::filter([](int) { return true; }), ordered()),
                      500),
              numbers(0, 500));
}

/// Nobody overtakes a slow first item, and everybody else goes on as far as the window allows.
TEST_P(order, is_kept_behind_a_slow_first_item) {
    const auto [threads, capacity] = GetParam();
    gate others;
    std::atomic<std::size_t> done = 0;
    const std::size_t others_wanted = threads == 1 ? 0 : 1;
    const auto got = outputs(paipa::step(
                                 "a",
                                 [&](int x) {
                                     if (x == 0 && others_wanted > 0) {
                                         others.wait();
                                     } else {
                                         if (++done >= others_wanted) {
                                             others.open();
                                         }
                                     }
                                     return x;
                                 },
                                 ordered()),
                             300);
    EXPECT_EQ(got, numbers(0, 300));
}

/// Some items wait until all before them have arrived at the next step. Those are done, so they
/// must not wait in turn.
TEST_P(order, lets_out_what_is_done_while_a_later_item_waits_for_it) {
    std::atomic<int> arrived = 0;
    std::atomic<int> in_vain = 0;
    int misplaced = 0;
    const auto text = [](int x) {
        return "a text that is too long for its place " + std::to_string(x);
    };
    const auto work = [&](int x) {
        if (x % 100 == 99 && !eventually([&] { return arrived >= x; })) {
            ++in_vain;
        }
        return text(x);
    };
    const auto arrive = [&](const std::string& s) { misplaced += s == text(arrived++) ? 0 : 1; };
    paipa::pipeline p{paipa::step("a", work, ordered()) | paipa::step("b", arrive), options()};
    p.put_iterable(std::views::iota(0, 1'000));
    expect_closed(p.run());
    EXPECT_EQ(arrived, 1'000);
    EXPECT_EQ(in_vain, 0);
    EXPECT_EQ(misplaced, 0);
}

/// No output, no order: but the option must not stop the step.
TEST_P(order, is_nothing_to_wait_for_in_a_step_that_returns_nothing) {
    std::atomic<int> seen = 0;
    auto o = ordered();
    o.retry.attempts = 2;
    paipa::pipeline p{paipa::step(
                          "a",
                          [&](int x) {
                              if (++seen == 1) {
                                  throw x;
                              }
                          },
                          o),
                      options()};
    p.put_iterable(std::views::iota(0, 1'000));
    expect_closed(p.run());
    EXPECT_EQ(seen, 1'001);
}

TEST(order_of_one_worker, is_kept_without_asking) {
    paipa::pipeline p{paipa::step("a", [](int x) { return x; }) |
                          paipa::step("b", paipa::identity()) |
                          paipa::iter_step("c", [](paipa::generator<int> in) { return in; }),
                      {.quiet = true, .capacity = 3}};
    p.put_iterable(std::views::iota(0, 1'000));
    std::vector<int> got;
    for (const int x : p.results()) {
        got.push_back(x);
    }
    EXPECT_EQ(got, numbers(0, 1'000));
    expect_closed(p.report());
}

TEST_P(order, lets_no_output_of_a_dropped_item_out) {
    const auto fails_late = [](int n) -> paipa::generator<int> {
        for (int i = 0; i < n; ++i) {
            co_yield i;
        }
        throw std::runtime_error("late");
    };
    paipa::pipeline p{paipa::step("a", fails_late,
                                  {.threads = std::get<0>(GetParam()),
                                   .on_failure = paipa::failure_action::drop,
                                   .ordered = true}) |
                          paipa::step("b", [](int) {}),
                      {.quiet = true}};
    p.put_all({200, 300});
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.dropped(), 2U);
    EXPECT_EQ(r.delivered, 0U);
}

std::vector<int> order_behind_a_retry(bool ordered) {
    std::vector<int> got;
    paipa::testing::simulation sim(1);
    sim.run([&] {
        bool failed = false;
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) {
                                          if (x == 2 && !std::exchange(failed, true)) {
                                              throw std::runtime_error("not yet");
                                          }
                                          return x;
                                      },
                                      {.retry = {.attempts = 2, .delay = 1h}, .ordered = ordered}) |
                              paipa::step("b", [&](int x) { got.push_back(x); }),
                          {.quiet = true, .runtime = &sim}};
        p.put_all({1, 2, 3, 4});
        p.finish();
        p.run();
    });
    return got;
}

TEST(order_of_one_worker, is_kept_through_retries_where_it_is_asked_for) {
    EXPECT_EQ(order_behind_a_retry(false), (std::vector{1, 3, 4, 2}));
    EXPECT_EQ(order_behind_a_retry(true), (std::vector{1, 2, 3, 4}));
}

}  // namespace
