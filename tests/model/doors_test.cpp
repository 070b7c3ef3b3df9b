#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/step.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../doors_case.hpp"
#include "../ticket_book.hpp"
#include "arrivals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

// Random runs whose edges have doors: a gate that drops the newest, and a valve that gives tokens.

namespace model {
namespace {

using namespace std::chrono_literals;
using paipa::detail::final_outcome;

/// The first try of every third item fails.
class failing_work {
public:
    int operator()(int n) {
        const std::lock_guard lock(mutex_);
        if (n % 3 == 1 && seen_.insert(n).second) {
            throw std::runtime_error("first");
        }
        return n;
    }

private:
    std::mutex mutex_;
    std::set<int> seen_;
};

/// What a seed decides.
struct plan {
    explicit plan(unsigned seed) {
        std::mt19937 random(seed);
        const auto one_to = [&](std::size_t n) { return 1 + random() % n; };
        threads = one_to(3);
        capacity = one_to(5);
        most = one_to(4);
        burst = one_to(3);
        period = std::chrono::milliseconds(one_to(5));
        ordered = random() % 2 == 0;
        gate_at = random() % 3;
        valve_at = random() % 3;
    }

    std::size_t threads = 1;
    std::size_t capacity = 1;
    std::size_t most = 1;
    std::size_t burst = 1;
    paipa::duration period{};
    bool ordered = false;
    std::size_t gate_at = 0;   // the edge in front of this step
    std::size_t valve_at = 0;  // likewise
};

/// A run of three steps with a gate and a valve. Its items have tickets.
class doors_run {
public:
    doors_run(paipa::runtime& rt, const plan& how, bool sink_leaves = false)
        : book(rt, 1024), gate(how.most), valve(how.burst, how.period, rt.now()) {
        const paipa::step_options o{
            .threads = how.threads, .capacity = how.capacity, .ordered = how.ordered};
        paipa::step_options tries = o;
        tries.retry = {.attempts = 2, .delay = 2ms};
        const auto two = paipa::step(
                             "a", [](int n) { return n; }, o) |
                         paipa::step("b", [this](int n) { return work_(n); }, tries);
        paipa::pipeline_options p{.quiet = true, .runtime = &rt};
        if (sink_leaves) {
            run = paipa::detail::make_run<int, void>(
                two |
                    paipa::iter_step("sink",
                                     [this](paipa::generator<int> all) {
                                         return take_some(std::move(all), &seen);
                                     }) |
                    paipa::step("end", [](int) {}),
                std::move(p));
        } else {
            run = paipa::detail::make_run<int, void>(
                two | paipa::step<sink_step>("sink", {}, &seen), std::move(p));
        }
        carry_tickets(*run);
        for (std::size_t i = 0; i < 3; ++i) {
            run->parts().graph.edges[i]->set_doors(i == how.gate_at ? &gate : nullptr,
                                                   i == how.valve_at ? &valve : nullptr);
        }
    }

    doors_run(const doors_run&) = delete;
    doors_run& operator=(const doors_run&) = delete;
    ~doors_run() = default;

    /// Puts until no more is taken, with an entry before every tenth item.
    void put(int items) {
        try {
            for (int n = 0; n < items; ++n) {
                if (n % 10 == 0) {
                    run->intake().push_meta(n);
                }
                paipa::detail::ticket_share share = book.open();
                int item = n;
                paipa::detail::edge_put(run->intake(), run->site("put"))
                    .put<int>(&item, 1, paipa::never, &share);
            }
        } catch (const paipa::closed_error&) {
            // the run was stopped meanwhile
        }
    }

    /// What is wrong whatever happened.
    void check(const paipa::report& r) {
        EXPECT_TRUE(r.balanced()) << r.text();
        for (const auto& step : r.steps) {
            EXPECT_EQ(step.inside, 0U) << r.text();
        }
        EXPECT_FALSE(valve.is_exceeded);
        EXPECT_TRUE(book.window().is_empty());
    }

    [[nodiscard]] std::uint64_t count(final_outcome o) {
        std::uint64_t n = 0;
        for (std::uint64_t i = 0; i < book.window().opened(); ++i) {
            n += book.outcome_of(i) == o ? 1U : 0U;
        }
        return n;
    }

    ticket_book book;  // these outlive the run
    counting_gate gate;
    token_valve valve;
    arrivals seen;

private:
    static paipa::generator<int> take_some(paipa::generator<int> all, arrivals* to) {
        for (const int n : all) {
            to->items.push_back(n);
            if (to->items.size() == 5) {
                co_return;
            }
            co_yield n;
        }
    }

    failing_work work_;

public:
    std::shared_ptr<paipa::detail::run_core> run;
};

/// All items are seen or dropped; entries are where they were put.
void check_all(doors_run& d, const plan& how, int items, const paipa::report& r) {
    d.check(r);
    const auto all = static_cast<std::uint64_t>(items);
    EXPECT_EQ(d.seen.items.size() + d.gate.gone, all) << r.text();
    EXPECT_EQ(d.count(final_outcome::dropped), d.gate.gone);
    EXPECT_EQ(d.count(final_outcome::delivered), d.seen.items.size());
    EXPECT_EQ(r.edges[how.gate_at].abandoned, d.gate.gone) << r.text();
    // An item that is tried again comes back from the hand of a worker, past the gate.
    EXPECT_LE(r.edges[how.gate_at].most, how.most + (how.gate_at == 1 ? how.threads : 0))
        << r.text();
    EXPECT_EQ(d.valve.out, r.edges[how.valve_at].popped + r.steps[how.valve_at].retries)
        << r.text();
    EXPECT_TRUE(!how.ordered || std::is_sorted(d.seen.items.begin(), d.seen.items.end()));
    EXPECT_EQ(std::set<int>(d.seen.items.begin(), d.seen.items.end()).size(), d.seen.items.size());
    EXPECT_EQ(d.seen.entries.size(), (all + 9) / 10);
    for (const auto& [entry, behind] : d.seen.entries) {
        const auto at = d.seen.items.begin() + static_cast<std::ptrdiff_t>(behind);
        EXPECT_TRUE(std::all_of(d.seen.items.begin(), at, [&](int n) { return n < entry; }));
        EXPECT_TRUE(std::all_of(at, d.seen.items.end(), [&](int n) { return n >= entry; }));
    }
}

/// Runs each seed in the simulation; `with` gets the run, whose items are being put.
template <class With>
void for_seeds(unsigned seeds, bool sink_leaves, With with) {
    for (unsigned seed = 0; seed < seeds && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const plan how(seed);
            doors_run d(sim, how, sink_leaves);
            d.run->start("start");
            const auto putter = sim.spawn("putter", [&] { d.put(60); });
            with(sim, seed, how, d, *putter);
        });
    }
}

TEST(doors_of_a_run, lose_nothing_and_keep_entries_in_any_schedule) {
    std::uint64_t dropped = 0;
    for_seeds(1000, false,
              [&](auto& /*sim*/, unsigned /*seed*/, const plan& how, doors_run& d,
                  paipa::runtime::thread& putter) {
                  putter.join();
                  d.run->finish();
                  const paipa::report r = d.run->stop();
                  check_all(d, how, 60, r);
                  dropped += d.gate.gone;
              });
    EXPECT_GT(dropped, 1000U);
}

TEST(doors_of_a_run, let_it_drain) {
    for_seeds(300, false,
              [&](auto& sim, unsigned seed, const plan& /*how*/, doors_run& d,
                  paipa::runtime::thread& putter) {
                  sim.sleep_for(seed % 60 * 1ms);
                  d.run->drain(1h);
                  putter.join();
                  const paipa::report r = d.run->books();
                  d.check(r);
                  EXPECT_EQ(d.seen.items.size(), d.count(final_outcome::delivered)) << r.text();
                  EXPECT_EQ(r.abandoned(), d.gate.gone) << r.text();
              });
}

TEST(doors_of_a_run, let_it_be_cancelled) {
    for_seeds(300, false,
              [&](auto& sim, unsigned seed, const plan& /*how*/, doors_run& d,
                  paipa::runtime::thread& putter) {
                  sim.sleep_for(seed % 60 * 1ms);
                  d.run->cancel("enough", true);
                  putter.join();
                  d.run->wait_end(paipa::never, "test");
                  d.check(d.run->books());
                  EXPECT_LE(sim.elapsed(), 200ms) << "it waits for no token";
              });
}

TEST(doors_of_a_run, let_its_sink_end_early) {
    for_seeds(300, true,
              [&](auto& /*sim*/, unsigned /*seed*/, const plan& /*how*/, doors_run& d,
                  paipa::runtime::thread& putter) {
                  putter.join();
                  d.run->finish();
                  d.check(d.run->stop());
              });
}

TEST(doors_of_a_run, hold_on_threads) {
    for (unsigned seed = 0; seed < 100 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        plan how(seed);
        how.period = 20us;
        doors_run d(paipa::default_runtime(), how);
        d.run->start("start");
        d.put(300);
        d.run->finish();
        const paipa::report r = d.run->stop();
        check_all(d, how, 300, r);
    }
}

}  // namespace
}  // namespace model
