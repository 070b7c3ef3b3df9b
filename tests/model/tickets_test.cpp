#include <paipa/abstract_step.hpp>
#include <paipa/context.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/error.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/fuse.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/flat_map.hpp>
#include <paipa/testing/simulation.hpp>

#include "../doors_case.hpp"
#include "ticketed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

// Wherever an item ends in a step, its ticket ends with it: once, in the right way, and not before
// all that came of the item has ended.

namespace model {
namespace {

using namespace std::chrono_literals;

paipa::generator<int> three_one_by_one(int n) {
    for (const int x : three(n)) {
        co_yield x;
    }
}

TEST(tickets, end_when_the_last_step_is_through_with_the_item) {
    expect_ends(3, {delivered, delivered, delivered},
                [] { return paipa::step("a", [](int n) { return n; }, {.threads = 2}) | sink(); });
}

TEST(tickets, of_skipped_items_say_so) {
    expect_ends(3, {delivered, skipped, delivered},
                [] { return paipa::step("a", skip_one) | sink(); });
    expect_ends(3, {delivered, skipped, delivered}, [] {
        return paipa::step("a", skip_one, {.threads = 2, .ordered = true}) | sink();
    });
}

TEST(tickets, of_dropped_and_dead_items_say_so) {
    expect_ends(3, {delivered, dropped, delivered}, [] {
        return paipa::step("a", fail_for_one, {.on_failure = paipa::failure_action::drop}) | sink();
    });
    expect_ends(3, {delivered, dead, delivered}, [] {
        return paipa::step("a", fail_for_one,
                           {.threads = 2, .on_failure = paipa::failure_action::dead_letter}) |
               sink();
    });
    expect_ends(3, {delivered, dead, delivered}, [] {
        return paipa::step("a", fail_for_one,
                           {.threads = 2,
                            .on_failure = paipa::failure_action::dead_letter,
                            .ordered = true}) |
               sink();
    });
}

/// Fails twice for each number.
class twice {
public:
    int operator()(int n) {
        if (counts_->size() <= static_cast<std::size_t>(n)) {
            counts_->resize(static_cast<std::size_t>(n) + 1, 0);
        }
        if ((*counts_)[static_cast<std::size_t>(n)]++ < 2) {
            throw std::runtime_error("again");
        }
        return n;
    }

private:
    std::shared_ptr<std::vector<int>> counts_ = std::make_shared<std::vector<int>>();
};

TEST(tickets, stay_with_items_that_are_tried_again) {
    for (const bool ordered : {false, true}) {
        expect_ends(3, {delivered, delivered, delivered}, [ordered] {
            return paipa::step(
                       "a", twice(),
                       {.threads = 2, .retry = {.attempts = 3, .delay = 1ms}, .ordered = ordered}) |
                   sink();
        });
    }
}

TEST(tickets, of_items_that_wait_for_another_try_end_when_the_run_is_cancelled) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        ticketed<void> t(
            sim, paipa::step("a", fail_for_one, {.retry = {.attempts = 3, .delay = 1h}}) | sink());
        t.run->start("start");
        for (int n = 0; n < 3; ++n) {
            t.put(n);
        }
        sim.sleep_for(1s);
        EXPECT_EQ(t.book.outcome_of(0), delivered);
        EXPECT_EQ(t.book.outcome_of(1), std::nullopt);
        t.run->cancel("test");
        t.end();
        EXPECT_EQ(t.all(), (outcomes{delivered, abandoned, delivered}));
    });
}

TEST(tickets, stay_with_items_that_wait_in_the_hand_of_their_worker) {
    expect_ends(2, {delivered, delivered}, [] {
        return paipa::step("a",
                           [first = true](int n) mutable {
                               if (std::exchange(first, false)) {
                                   throw paipa::retry_after(1ms);
                               }
                               return n;
                           },
                           {.ordered = true}) |
               sink();
    });
}

/// Gives each item back once, and emits it each time.
class giver final : public paipa::abstract_step<int, int> {
public:
    int process(int n) override {
        if (seen_.insert(n).second) {
            self().requeue(n);
        }
        return n;
    }

private:
    std::set<int> seen_;
};

TEST(tickets, stay_with_items_that_their_step_gives_back) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            open_tickets_sink end;
            const bool ordered = seed % 2 == 0;
            ticketed<void> t(sim, paipa::step<giver>("a", {.ordered = ordered}) |
                                      paipa::step("sink", [&end](int n) {
                                          end.see(static_cast<std::uint64_t>(n));
                                      }));
            end.watch(t);
            EXPECT_EQ(t.run_with(3), (outcomes{delivered, delivered, delivered}));
            EXPECT_EQ(end.seen, 6);
        });
    }
}

TEST(tickets, stay_with_items_that_a_function_gives_back) {
    const auto give = [](std::set<int>& seen) {
        return [&seen](int n, paipa::context& c) {
            if (seen.insert(n).second) {
                c.requeue(n, 1ms);
            }
            return n;
        };
    };
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            open_tickets_sink end;
            std::set<int> plain;
            std::set<int> fused;
            ticketed<void> t(sim, paipa::step("a", give(plain)) |
                                      paipa::fuse(paipa::step("b", give(fused)) |
                                                  paipa::step("c", [](int n) { return n; })) |
                                      paipa::step("sink", [&end](int n) {
                                          end.see(static_cast<std::uint64_t>(n));
                                      }));
            end.watch(t);
            EXPECT_EQ(t.run_with(3), outcomes(3, delivered));
            EXPECT_EQ(end.seen, 9);
        });
    }
}

TEST(tickets, remember_what_a_fused_step_dropped_before_the_item_was_given_back) {
    expect_ends(2, {dropped, dropped}, [] {
        const auto give = [seen = std::set<int>()](int n, paipa::context& c) mutable {
            if (seen.insert(n).second) {
                c.requeue(n);
            }
            return n;
        };
        const auto fail_first = [seen = std::set<int>()](int n) mutable {
            if (seen.insert(n).second) {
                throw std::runtime_error("first");
            }
            return n;
        };
        return paipa::fuse(
                   paipa::step("a", give) |
                   paipa::step("b", fail_first, {.on_failure = paipa::failure_action::drop})) |
               sink();
    });
}

TEST(tickets, remember_an_output_that_a_gate_dropped_before_the_item_was_given_back) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        counting_gate gate(1);
        ticketed<void> t(
            sim, paipa::step<giver>("a") | paipa::step("sink", [&sim](int) { sim.sleep_for(1s); }));
        t.run->parts().graph.edges[1]->set_doors(&gate, nullptr);
        const outcomes all = t.run_with(4);
        EXPECT_GT(gate.gone, 0U);
        EXPECT_GT(std::count(all.begin(), all.end(), dropped), 0);
    });
}

TEST(tickets, end_with_the_last_output_of_the_item) {
    for (std::uint64_t seed = 0; seed < 300 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            open_tickets_sink end;
            const paipa::step_options how{
                .threads = 1 + seed % 3, .capacity = 1 + seed % 2, .ordered = seed % 4 < 2};
            paipa::step_options retried = how;
            retried.retry = {.attempts = 2, .delay = 1ms};
            std::set<int> failed;
            ticketed<void> t(sim, paipa::step("many", paipa::flat_map(three), how) |
                                      paipa::step(
                                          "try",
                                          [&failed](int n) {
                                              if (n % 10 == 1 && failed.insert(n).second) {
                                                  throw std::runtime_error("first");
                                              }
                                              return n;
                                          },
                                          retried) |
                                      paipa::step("sink", [&end](int n) {
                                          end.see(static_cast<std::uint64_t>(n) / 10);
                                      }));
            end.watch(t);
            EXPECT_EQ(t.run_with(5), outcomes(5, delivered)) << "seed " << seed;
            EXPECT_EQ(end.seen, 15);
        });
    }
}

TEST(tickets, say_the_worst_of_what_came_of_the_item) {
    expect_ends(2, {dropped, delivered}, [] {
        return paipa::step("many", paipa::flat_map(three), {.threads = 2}) |
               paipa::step("a",
                           [](int n) {
                               if (n == 1) {
                                   throw std::runtime_error("one");
                               }
                               if (n == 2) {
                                   throw paipa::skip_entry();
                               }
                               return n;
                           },
                           {.on_failure = paipa::failure_action::drop}) |
               sink();
    });
}

TEST(tickets, of_many_outputs_that_stream_in_order_end_with_the_last_one) {
    for (std::uint64_t seed = 0; seed < 20 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            open_tickets_sink end;
            ticketed<void> t(sim, paipa::step("many",
                                              [](int n) -> paipa::generator<int> {
                                                  for (int i = 0; i < 200; ++i) {
                                                      co_yield 1000 * n + i;
                                                  }
                                              },
                                              {.threads = 2, .capacity = 2, .ordered = true}) |
                                      paipa::step("sink", [&end](int n) {
                                          end.see(static_cast<std::uint64_t>(n) / 1000);
                                      }));
            end.watch(t);
            EXPECT_EQ(t.run_with(4), outcomes(4, delivered));
            EXPECT_EQ(end.seen, 800);
        });
    }
}

TEST(tickets, hear_of_what_becomes_of_the_first_output_that_streams) {
    for (std::uint64_t seed = 0; seed < 20 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            ticketed<void> t(sim,
                             paipa::step("many",
                                         [](int n) -> paipa::generator<int> {
                                             for (int i = 0; i < 200; ++i) {
                                                 co_yield 1000 * n + i;
                                             }
                                         },
                                         {.threads = 2, .ordered = true}) |
                                 paipa::step("a", [](int n) { return fail_for_one(n % 1000 + 1); },
                                             {.on_failure = paipa::failure_action::drop}) |
                                 sink());
            EXPECT_EQ(t.run_with(3), outcomes(3, dropped));
        });
    }
}

TEST(tickets, hear_of_what_fused_steps_do) {
    const auto fused = [](paipa::failure_action action) {
        return paipa::fuse(paipa::step("many", three_one_by_one, {.on_failure = action}) |
                           paipa::step("b", fail_for_one, {.on_failure = action}) |
                           paipa::step("c", skip_one)) |
               sink();
    };
    expect_ends(2, {dropped, delivered}, [&] { return fused(paipa::failure_action::drop); });
    expect_ends(2, {dead, delivered}, [&] { return fused(paipa::failure_action::dead_letter); });
    expect_ends(2, {skipped, delivered}, [] {
        return paipa::fuse(paipa::step("a", [](int n) { return n + 1; }) |
                           paipa::step("b", skip_one)) |
               sink();
    });
}

}  // namespace
}  // namespace model
