#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/stage_builder.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/error.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/step.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../ticket_book.hpp"
#include "arrivals.hpp"
#include "device.hpp"
#include "holding_worker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

// A step that holds items: it starts each at a device and finishes it when the device answers.

namespace model {
namespace {

using namespace std::chrono_literals;
using paipa::detail::stage_builder;

/// Every third item fails at its first try, and every seventh at each try.
class failing_work {
public:
    int operator()(int n) {
        const std::lock_guard lock(mutex_);
        if (n % 7 == 6 || (n % 3 == 2 && seen_.insert(n).second)) {
            throw std::runtime_error("no answer");
        }
        return n;
    }

private:
    std::mutex mutex_;
    std::set<int> seen_;
};

/// A run of two steps: one that holds, and the sink. Its items have tickets.
class holding_run {
public:
    /// Without a sink nobody wants the outputs.
    holding_run(paipa::runtime& rt, const paipa::step_options& o,
                std::function<paipa::duration(int)> time, bool has_sink = true)
        : book(rt, 16'384),
          device_(std::make_unique<device>(rt)),
          heads_{{{"hold", o, true}, {"sink", {.capacity = 64}, true}}} {
        const std::array<const paipa::detail::step_head*, 2> heads{&heads_[0], &heads_[1]};
        paipa::detail::run_builder builder(paipa::pipeline_options{.quiet = true, .runtime = &rt},
                                           {heads.data(), has_sink ? 2U : 1U});
        auto& in = builder.edge_before(0, paipa::detail::type_of<int>, true);
        std::vector<paipa::detail::way> ways;
        if (has_sink) {
            auto& behind = builder.edge_before(1, paipa::detail::type_of<int>, true);
            ways.push_back(builder.way_to(behind, 0));
        }
        builder.add_item_stage({.first = 0, .count = 1, .in = in, .ways = ways}, true, true,
                               holding_worker::facts,
                               std::make_unique<holding_worker_maker>(
                                   device_job{.where = device_.get(),
                                              .time = std::move(time),
                                              .work = [this](int n) { return work_(n); },
                                              .most_in_flight = &most_in_flight}));
        if (has_sink) {
            const auto sink = paipa::step<sink_step>("s", {}, &seen);
            std::get<0>(paipa::detail::flow_access::defs(sink))
                .build<int>(builder, {.first = 1, .count = 1, .in = *ways[0].to, .ways = {}});
        }
        run = builder.take();
        carry_tickets(*run);
    }

    holding_run(const holding_run&) = delete;
    holding_run& operator=(const holding_run&) = delete;

    /// The run has ended. An answer may still be poking its worker, so the device ends first.
    ~holding_run() { device_.reset(); }

    void put(int n) {
        paipa::detail::ticket_share share = book.open();
        paipa::detail::edge_put(run->intake(), run->site("put"))
            .put<int>(&n, 1, paipa::never, &share);
    }

    ticket_book book;  // outlives the run

private:
    std::unique_ptr<device> device_;
    failing_work work_;
    std::array<paipa::detail::step_head, 2> heads_;

public:
    arrivals seen;
    std::size_t most_in_flight = 0;
    std::shared_ptr<paipa::detail::run_core> run;
};

bool is_dead(int n) {
    return n % 7 == 6;
}

paipa::step_options with_retries(std::size_t threads, std::size_t capacity, bool ordered) {
    return {.threads = threads,
            .capacity = capacity,
            .retry = {.attempts = 2, .delay = 20ms},
            .on_failure = paipa::failure_action::dead_letter,
            .ordered = ordered};
}

void expect_closed(const paipa::report& r) {
    EXPECT_TRUE(r.balanced()) << r.text();
    for (const auto& step : r.steps) {
        EXPECT_EQ(step.inside, 0U) << r.text();
    }
}

TEST(a_holding_step, has_ten_thousand_items_in_flight_on_one_thread) {
    constexpr int items = 20'000;
    for (const bool ordered : {false, true}) {
        paipa::testing::simulation sim(1);
        sim.run([&] {
            holding_run h(sim, with_retries(1, 10'000, ordered),
                          [](int n) { return 50ms + n % 100 * 1ms; });
            h.run->start("start");
            for (int n = 0; n < items; ++n) {
                h.put(n);
            }
            h.run->finish();
            const paipa::report r = h.run->stop();
            expect_closed(r);
            EXPECT_GE(h.most_in_flight, 9'900U);
            EXPECT_LE(h.most_in_flight, 10'000U);
            EXPECT_LE(r.edges[0].most, 10'000U);
            EXPECT_EQ(h.seen.items.size() + r.steps[0].dead, static_cast<std::size_t>(items));
            EXPECT_EQ(r.steps[0].dead, static_cast<std::uint64_t>(items / 7));
            EXPECT_EQ(ordered, std::is_sorted(h.seen.items.begin(), h.seen.items.end()));
        });
        EXPECT_LT(sim.elapsed(), 2s);  // virtual; one after the other they take half an hour
    }
}

/// One schedule: random workers, capacity and times; meta entries among the items.
void run_once(paipa::testing::simulation& sim, unsigned seed) {
    std::mt19937 random(seed);
    const std::size_t threads = 1 + random() % 3;
    const std::size_t capacity = 1 + random() % 20;
    const bool ordered = random() % 2 == 0;
    constexpr int items = 60;
    holding_run h(sim, with_retries(threads, capacity, ordered),
                  [seed](int n) { return (static_cast<unsigned>(n) * 7919U + seed) % 40 * 1ms; });
    h.run->start("start");
    for (int n = 0; n < items; ++n) {
        if (n % 20 == 10) {
            h.run->intake().push_meta(n);
        }
        h.put(n);
    }
    h.run->finish();
    const paipa::report r = h.run->stop();
    expect_closed(r);
    EXPECT_LE(r.edges[0].most, capacity) << r.text();
    EXPECT_LE(h.most_in_flight, capacity) << r.text();
    std::vector<int> wanted;
    for (int n = 0; n < items; ++n) {
        if (!is_dead(n)) {
            wanted.push_back(n);
        }
    }
    std::vector<int> got = h.seen.items;
    if (!ordered) {
        std::sort(got.begin(), got.end());
    }
    EXPECT_EQ(got, wanted);
    EXPECT_EQ(r.steps[0].dead, items - wanted.size());
    for (int n = 0; n < items; ++n) {
        EXPECT_EQ(h.book.outcome_of(static_cast<std::uint64_t>(n)),
                  is_dead(n) ? paipa::detail::final_outcome::dead
                             : paipa::detail::final_outcome::delivered)
            << n;
    }
    std::vector<std::pair<int, std::size_t>> entries;
    for (const int n : {10, 30, 50}) {
        entries.emplace_back(
            n, std::count_if(wanted.begin(), wanted.end(), [n](int item) { return item < n; }));
    }
    EXPECT_EQ(h.seen.entries, entries);
}

TEST(a_holding_step, keeps_capacity_order_retries_and_entries_in_any_schedule) {
    for (unsigned seed = 0; seed < 1000 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] { run_once(sim, seed); });
        EXPECT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
}

TEST(a_holding_step, keeps_the_order_of_one_worker_if_it_is_asked_to) {
    for (const bool ordered : {false, true}) {
        paipa::testing::simulation sim(1);
        sim.run([&] {
            holding_run h(sim,
                          {.threads = 1,
                           .capacity = 16,
                           .on_failure = paipa::failure_action::drop,
                           .ordered = ordered},
                          [](int n) { return (50 - n) * 1ms; });
            h.run->start("start");
            for (int n = 0; n < 50; ++n) {
                h.put(n);
            }
            h.run->finish();
            expect_closed(h.run->stop());
            EXPECT_EQ(ordered, std::is_sorted(h.seen.items.begin(), h.seen.items.end()));
        });
    }
}

TEST(a_holding_step, ends_where_nobody_wants_its_outputs) {
    for (const bool ordered : {false, true}) {
        paipa::testing::simulation sim(1);
        sim.run([&] {
            holding_run h(sim, with_retries(1, 8, ordered), [](int) { return 1ms; }, false);
            h.run->start("start");
            for (int n = 0; n < 20; ++n) {
                h.put(n);
            }
            h.run->finish();
            expect_closed(h.run->stop());
        });
        EXPECT_LT(sim.elapsed(), 1s);
    }
}

/// Puts until no more is taken.
void put_all(holding_run& h) {
    try {
        for (int n = 0; n < 200; ++n) {
            h.put(n);
        }
    } catch (const paipa::closed_error&) {
        // the run was stopped meanwhile
    }
}

/// In many schedules: `stop` ends a run while items are put, and `look` sees the run's end.
void stop_amid(const std::function<void(paipa::detail::run_core&)>& stop,
               const std::function<void(const paipa::report&, const arrivals&)>& look) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            holding_run h(sim, with_retries(1 + seed % 2, 32, seed % 3 == 0),
                          [](int n) { return n % 50 * 1ms; });
            h.run->start("start");
            const auto putter = sim.spawn("putter", [&] { put_all(h); });
            sim.sleep_for(seed % 100 * 1ms);
            stop(*h.run);
            putter->join();
            h.run->wait_end(paipa::never, "test");
            const paipa::report r = h.run->books();
            expect_closed(r);
            look(r, h.seen);
        });
    }
}

TEST(a_holding_step, abandons_what_is_in_flight_when_it_is_cancelled) {
    std::uint64_t in_flight = 0;
    stop_amid([](paipa::detail::run_core& run) { run.cancel("enough", true); },
              [&](const paipa::report& r, const arrivals& /*seen*/) {
                  in_flight += r.steps[0].abandoned;
              });
    EXPECT_GT(in_flight, 0U);
}

TEST(a_holding_step, finishes_what_is_in_flight_in_a_drain) {
    stop_amid([](paipa::detail::run_core& run) { run.drain(1h); },
              [](const paipa::report& r, const arrivals& seen) {
                  EXPECT_EQ(r.abandoned(), 0U) << r.text();
                  EXPECT_EQ(r.edges[0].pushed, seen.items.size() + r.steps[0].dead) << r.text();
              });
}

TEST(a_holding_step, loses_nothing_on_threads) {
    for (const bool ordered : {false, true}) {
        holding_run h(paipa::default_runtime(), with_retries(2, 500, ordered),
                      [](int n) { return n % 10 * 100us; });
        h.run->start("start");
        for (int n = 0; n < 3000; ++n) {
            h.put(n);
        }
        h.run->finish();
        const paipa::report r = h.run->stop();
        expect_closed(r);
        EXPECT_EQ(h.seen.items.size(), 3000U - r.steps[0].dead);
        EXPECT_EQ(r.steps[0].dead, 3000U / 7);
    }
}

}  // namespace
}  // namespace model
