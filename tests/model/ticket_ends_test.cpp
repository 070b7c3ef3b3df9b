#include <paipa/abstract_step.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/source.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/flat_map.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "ticketed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// What becomes of tickets at both ends of a run, and when it ends before its items do.

namespace model {
namespace {

using namespace std::chrono_literals;

TEST(tickets, of_what_a_failed_run_leaves_are_abandoned) {
    for (std::uint64_t seed = 0; seed < 300 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            int sunk = 0;
            ticketed<void> t(
                sim, paipa::step("many", paipa::flat_map(three),
                                 {.threads = 1 + seed % 3, .ordered = seed % 2 == 0}) |
                         paipa::step("a", [](int n) { return n == 51 ? fail_for_one(1) : n; },
                                     {.threads = 2, .capacity = 1 + seed % 4}) |
                         paipa::step("sink", [&sunk](int) { ++sunk; }));
            t.run->start("start");
            try {
                for (int n = 0; n < 20; ++n) {
                    t.put(n);
                }
            } catch (const paipa::closed_error&) {
                // the run has failed
            }
            t.end();
            EXPECT_TRUE(t.has_failed);
            const outcomes all = t.all();
            EXPECT_EQ(all.at(5), abandoned);
            const auto good = std::count(all.begin(), all.end(), delivered);
            EXPECT_GE(sunk, 3 * good);
            EXPECT_EQ(std::count(all.begin(), all.end(), abandoned) + good,
                      static_cast<std::ptrdiff_t>(all.size()));
        });
    }
}

TEST(tickets, of_results_end_when_the_next_one_is_read) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        ticketed<int> t(sim, paipa::step("a", [](int n) { return n; }));
        t.run->start("start");
        for (int n = 0; n < 3; ++n) {
            t.put(n);
        }
        t.run->finish();
        t.run->reader_came();
        for (std::uint64_t n = 0; n < 3; ++n) {
            const void* const cell = t.run->next_result();
            ASSERT_NE(cell, nullptr);
            EXPECT_EQ(t.book.outcome_of(n), std::nullopt);
            EXPECT_EQ(n == 0 || t.book.outcome_of(n - 1) == delivered, true);
        }
        EXPECT_EQ(t.run->next_result(), nullptr);
        t.run->reader_left();
        t.end();
        EXPECT_EQ(t.all(), outcomes(3, delivered));
    });
}

TEST(tickets, of_results_that_nobody_reads_are_delivered_as_all_steps_were) {
    for (std::uint64_t seed = 0; seed < 100 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            // Two results and two items in front find room, and one is in hand.
            ticketed<int> t(sim, paipa::step("a", [](int n) { return n; }), 64, 2);
            EXPECT_EQ(t.run_with(5), outcomes(5, delivered));
        });
    }
}

TEST(tickets, of_unread_results_of_a_cancelled_run_have_ended_when_it_has) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        ticketed<int> t(sim, paipa::step("a", [](int n) { return n; }));
        t.run->start("start");
        t.put(0);
        sim.sleep_for(1s);
        EXPECT_EQ(t.book.outcome_of(0), std::nullopt);
        t.run->cancel("test");
        t.end();
        EXPECT_TRUE(t.book.window().is_empty());
    });
}

/// A run that reads `numbers` items, which wait for places in a small window.
void feed(ticketed<int>& t, int numbers) {
    std::vector<int> all(static_cast<std::size_t>(numbers));
    auto source = std::make_unique<paipa::detail::range_source<int, std::vector<int>>>(
        *t.run, "numbers", t.run->intake(), std::move(all));
    source->open_tickets(t.book.window());
    t.run->add_source(std::move(source), "add_source");
}

TEST(tickets, of_results_that_nobody_reads_do_not_hold_up_who_feeds_the_run) {
    for (std::uint64_t seed = 0; seed < 50 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            ticketed<int> t(
                sim, paipa::step("a", [](int n) { return n; }, {.ordered = seed % 2 == 0}), 4);
            feed(t, 100);
            t.run->start("start");
            sim.sleep_for(seed % 3 * 1ms);
            t.end();
            EXPECT_EQ(t.all(), outcomes(100, delivered));
        });
    }
}

TEST(tickets, of_results_end_with_the_run_when_their_reader_has_left) {
    for (const int read : {0, 1, 3, 30}) {
        paipa::testing::simulation sim(1);
        sim.run([&] {
            ticketed<int> t(sim, paipa::step("a", [](int n) { return n; }), 64);
            feed(t, 100);
            t.run->start("start");
            t.run->reader_came();
            for (int n = 0; n < read; ++n) {
                EXPECT_NE(t.run->next_result(), nullptr);
            }
            t.run->reader_left();
            t.end();
            EXPECT_TRUE(t.book.window().is_empty()) << read;
            EXPECT_EQ(t.all(), outcomes(100, delivered)) << read;
        });
    }
}

TEST(tickets, of_results_of_a_failed_run_end_when_their_reader_leaves) {
    for (const int read : {0, 1, 3}) {
        paipa::testing::simulation sim(1);
        sim.run([&] {
            int n = 0;
            ticketed<int> t(
                sim, paipa::step("a", [&n](int) { return ++n == 7 ? fail_for_one(1) : n; }), 8);
            feed(t, 100);
            t.run->start("start");
            t.run->reader_came();
            for (int i = 0; i < read; ++i) {
                EXPECT_NE(t.run->next_result(), nullptr);
            }
            sim.sleep_for(1s);
            t.run->reader_left();
            t.end();
            EXPECT_TRUE(t.has_failed);
            EXPECT_TRUE(t.book.window().is_empty()) << read;
        });
    }
}

TEST(tickets, of_an_iter_step_end_when_it_pulls_the_next_item) {
    for (std::uint64_t seed = 0; seed < 100 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            open_tickets_sink end;
            ticketed<void> t(
                sim, paipa::iter_step("a", [](paipa::generator<int> all) -> paipa::generator<int> {
                         for (const int n : all) {
                             co_yield 2 * n;
                             co_yield 2 * n + 1;
                         }
                     }) | paipa::step("sink", [&end](int n) {
                         end.see(static_cast<std::uint64_t>(n) / 2);
                     }));
            end.watch(t);
            EXPECT_EQ(t.run_with(3), outcomes(3, delivered));
            EXPECT_EQ(end.seen, 6);
        });
    }
}

/// Throws where nobody catches it before the run does.
class leaver final : public paipa::abstract_step<int, void> {
public:
    void process(int) override {}

    void in_queue_empty() override { throw std::runtime_error("idle"); }
};

TEST(tickets, of_items_that_a_worker_leaves_behind_are_abandoned) {
    for (std::uint64_t seed = 0; seed < 100 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            ticketed<void> t(sim, paipa::step<leaver>("a"));
            t.run->start("start");
            try {
                for (int n = 0; n < 50; ++n) {
                    t.put(n);
                    if (n % 10 == 0) {
                        sim.sleep_for(1ms);
                    }
                }
            } catch (const paipa::closed_error&) {
                // the run has failed
            }
            t.end();
            EXPECT_TRUE(t.has_failed);
            const outcomes all = t.all();
            EXPECT_EQ(std::count(all.begin(), all.end(), abandoned) +
                          std::count(all.begin(), all.end(), delivered),
                      static_cast<std::ptrdiff_t>(all.size()));
        });
    }
}

TEST(tickets, are_refused_by_a_step_that_keeps_items_back) {
    ticketed<void> t(paipa::default_runtime(),
                     paipa::step("pairs", paipa::chunk(2)) |
                         paipa::step("sink", [](const std::vector<int>&) {}));
    try {
        t.run->start("start");
        FAIL() << "it started";
    } catch (const paipa::config_error& e) {
        EXPECT_NE(std::string(e.what()).find("step 'pairs': tickets: expected a step that hands "
                                             "each item on, got one that keeps items back"),
                  std::string::npos)
            << e.what();
    }
}

TEST(tickets, stay_with_who_puts_when_the_item_is_refused) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        ticketed<void> t(sim, sink());
        t.run->start("start");
        t.run->finish();
        int n = 0;
        paipa::detail::ticket_share share = t.book.open();
        EXPECT_THROW(paipa::detail::edge_put(t.run->intake(), t.run->site("put"))
                         .put<int>(&n, 1, paipa::never, &share),
                     paipa::closed_error);
        EXPECT_TRUE(static_cast<bool>(share));
        share.end(skipped);
        t.end();
        EXPECT_EQ(t.all(), outcomes{skipped});
    });
}

TEST(a_source, that_opens_tickets_waits_while_the_window_is_full) {
    for (std::uint64_t seed = 0; seed < 100 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            std::uint64_t most = 0;
            ticketed<void>* all = nullptr;
            ticketed<void> t(sim,
                             paipa::step("a", [](int n) { return n; }) |
                                 paipa::step("sink",
                                             [&](int) {
                                                 const auto& w = all->book.window();
                                                 most = std::max(most, w.opened() - w.head());
                                             },
                                             {.threads = 2}),
                             4);
            all = &t;
            std::vector<int> numbers(50);
            auto source = std::make_unique<paipa::detail::range_source<int, std::vector<int>>>(
                *t.run, "numbers", t.run->intake(), std::move(numbers));
            source->open_tickets(t.book.window());
            t.run->add_source(std::move(source), "add_source");
            t.run->start("start");
            t.end();
            EXPECT_EQ(t.all(), outcomes(50, delivered));
            EXPECT_LE(most, 4U);
        });
    }
}

TEST(tickets_on_threads, end_once_each) {
    for (unsigned round = 0; round < 50; ++round) {
        const paipa::step_options how{
            .threads = 2, .capacity = 16, .retry = {.attempts = 2}, .ordered = round % 2 == 0};
        ticketed<void> t(paipa::default_runtime(),
                         paipa::step("many", paipa::flat_map(three), how) |
                             paipa::step("a", skip_one, {.threads = 2}) |
                             paipa::step("sink", [](int) {}, {.threads = 2}),
                         128);
        outcomes wanted(1000, delivered);
        wanted[0] = skipped;
        EXPECT_EQ(t.run_with(1000), wanted);
    }
}

}  // namespace
}  // namespace model
