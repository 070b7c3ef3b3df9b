#include <paipa/testing/simulation.hpp>

#include "support.hpp"
#include "virtual_time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Promises about time, on the virtual clock: exact, for several schedules.

namespace {

using namespace promises;
using paipa::duration;
using paipa::testing::simulation;

INSTANTIATE_TEST_SUITE_P(seed, virtual_time, testing::Range(std::uint64_t{1}, std::uint64_t{9}));

TEST_P(virtual_time, between_retries_grows_up_to_its_bound) {
    run([&] {
        paipa::pipeline p{
            paipa::step("a",
                        [&](int) {
                            times.push_back(sim.elapsed());
                            throw std::runtime_error("never");
                        },
                        {.threads = 2,
                         .retry = {.attempts = 5, .delay = 1s, .max_delay = 3s, .factor = 2},
                         .on_failure = paipa::failure_action::drop}),
            options()};
        p.put(1);
        p.finish();
        expect_closed(p.run());
    });
    EXPECT_EQ(times, (std::vector<duration>{0s, 1s, 3s, 6s, 9s}));
}

TEST_P(virtual_time, between_retries_is_spread_by_jitter) {
    std::set<duration> pauses;
    run([&] {
        paipa::pipeline p{paipa::step("a",
                                      [&](int) {
                                          if (sim.elapsed() > 0s) {
                                              pauses.insert(sim.elapsed());
                                          }
                                          throw std::runtime_error("never");
                                      },
                                      {.retry = {.attempts = 2, .delay = 1s, .jitter = true},
                                       .on_failure = paipa::failure_action::drop}),
                          options()};
        p.put_all(numbers(0, 50));
        p.finish();
        expect_closed(p.run());
    });
    EXPECT_GE(*pauses.begin(), 500ms);
    EXPECT_LE(*pauses.rbegin(), 1s);
    EXPECT_GT(pauses.size(), 25U);
}

TEST_P(virtual_time, of_a_waiting_retry_holds_no_worker) {
    run([&] {
        bool failed = false;
        paipa::pipeline p{paipa::step("a",
                                      [&](int x) {
                                          if (x == 0 && !failed) {
                                              failed = true;
                                              throw std::runtime_error("once");
                                          }
                                          times.push_back(sim.elapsed());
                                      },
                                      {.retry = {.attempts = 2, .delay = 1h}}),
                          options()};
        p.put_all(numbers(0, 4));
        p.finish();
        expect_closed(p.run());
    });
    EXPECT_EQ(times, (std::vector<duration>{0s, 0s, 0s, 1h}));
}

TEST_P(virtual_time, of_a_requeue_is_its_delay) {
    struct later final : paipa::abstract_step<int, int, std::optional<int>> {
        later(simulation* s, std::vector<duration>* t) : sim(s), times(t) {}

        std::optional<int> process(int x) override {
            times->push_back(sim->elapsed());
            if (x == 2) {
                return x;
            }
            self().requeue(x + 1, (x + 1) * 10s);
            return std::nullopt;
        }

        simulation* sim;
        std::vector<duration>* times;
    };

    run([&] {
        paipa::pipeline p{paipa::step<later>("a", {.threads = 3}, &sim, &times), options()};
        p.put(0);
        p.finish();
        expect_closed(p.run());
    });
    EXPECT_EQ(times, (std::vector<duration>{0s, 10s, 30s}));
}

TEST_P(virtual_time, of_a_timed_chunk_begins_with_its_first_item) {
    std::vector<std::vector<int>> chunks;
    run([&] {
        paipa::pipeline p{paipa::timed_chunk({.size = 100, .timeout = 1s}) |
                              paipa::step("b",
                                          [&](std::vector<int> c) {
                                              times.push_back(sim.elapsed());
                                              chunks.push_back(std::move(c));
                                          }),
                          std::make_shared<paipa::queue<int>>(1, &sim), options()};
        p.start();
        for (const int x : numbers(0, 9)) {
            p.put(x);  // a steady trickle: something always comes before the time-out
            sim.sleep_for(400ms);
        }
        expect_closed(p.stop());
    });
    EXPECT_EQ(times, (std::vector<duration>{1'000ms, 2'200ms, 3'400ms}));
    EXPECT_EQ(chunks, (std::vector<std::vector<int>>{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}}));
}

TEST_P(virtual_time, of_a_timed_chunk_passes_though_nothing_else_comes) {
    run([&] {
        paipa::pipeline<int> p{
            paipa::step("chunk", paipa::timed_chunk({.size = 2, .timeout = 5s}), {.threads = 1}) |
                paipa::step("b", [&](const std::vector<int>&) { times.push_back(sim.elapsed()); }),
            options()};
        p.start();
        sim.sleep_for(1s);
        p.put_all({1, 2, 3});  // one full chunk at once, one that waits for its time
        sim.sleep_for(1h);
        EXPECT_EQ(times.size(), 2U);
        expect_closed(p.stop());
    });
    EXPECT_EQ(times, (std::vector<duration>{1s, 6s}));
}

TEST_P(virtual_time, of_timed_chunks_of_several_workers_loses_no_item) {
    std::vector<int> all;
    run([&] {
        paipa::pipeline<int> p{
            paipa::step("chunk", paipa::timed_chunk({.size = 4, .timeout = 1s}), {.threads = 4}) |
                paipa::flatten() | paipa::step("b", [&](int x) { all.push_back(x); }),
            options()};
        p.start();
        for (const int x : numbers(0, 50)) {
            p.put(x);
            sim.sleep_for(70ms);
        }
        expect_closed(p.stop());
    });
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, numbers(0, 50));
}

TEST_P(virtual_time, of_the_idle_hook_is_when_empty_and_then_every_interval) {
    struct idle final : paipa::abstract_step<int> {
        idle(simulation* s, std::vector<duration>* t) : sim(s), times(t) {}

        void process(int) override {}

        void in_queue_empty() override { times->push_back(sim->elapsed()); }

        simulation* sim;
        std::vector<duration>* times;
    };

    run([&] {
        paipa::pipeline p{paipa::step<idle>("a", {.idle_interval = 2s}, &sim, &times), options()};
        p.start();
        sim.sleep_for(5s);
        p.put(1);
        sim.sleep_for(3s);
        expect_closed(p.stop());
    });
    EXPECT_EQ(times, (std::vector<duration>{0s, 2s, 4s, 5s, 7s}));
}

TEST_P(virtual_time, of_sleep_for_is_exact) {
    bool slept = false;
    run([&] {
        paipa::pipeline p{paipa::step<slow>("a", {}, &slept), options()};
        p.put(1);
        p.finish();
        expect_closed(p.run());
    });
    EXPECT_TRUE(slept);
    EXPECT_EQ(sim.elapsed(), 10s);
}

TEST_P(virtual_time, of_sleep_for_ends_with_a_cancel) {
    bool slept = true;
    run([&] {
        paipa::pipeline p{paipa::step<slow>("a", {}, &slept), options()};
        p.put(1);
        p.start();
        sim.sleep_for(4s);
        p.cancel();
        expect_closed(p.stop());
    });
    EXPECT_FALSE(slept);
    EXPECT_EQ(sim.elapsed(), 4s);
}

TEST_P(virtual_time, of_drain_ends_at_its_deadline) {
    run([&] {
        paipa::pipeline p{paipa::step<slow>("a", {.threads = 2}), options()};
        p.put_all(numbers(0, 10));
        p.start();
        const auto r = p.drain(25s);
        expect_closed(r);
        EXPECT_EQ(r.state, paipa::run_state::cancelled);
        EXPECT_EQ(r.delivered, 6U);  // two at 10 s, at 20 s, and the two that the cancel wakes
        EXPECT_EQ(r.abandoned(), 4U);
    });
    EXPECT_EQ(sim.elapsed(), 25s);
}

TEST_P(virtual_time, of_drain_ends_with_the_work) {
    run([&] {
        paipa::pipeline p{paipa::step<slow>("a", {.threads = 2}), options()};
        p.put_all(numbers(0, 10));
        p.start();
        const auto r = p.drain(1h);
        expect_closed(r);
        EXPECT_EQ(r.state, paipa::run_state::drained);
        EXPECT_EQ(r.delivered, 10U);
    });
    EXPECT_EQ(sim.elapsed(), 50s);
}

TEST_P(virtual_time, of_drain_does_not_wait_for_a_callback_that_never_returns) {
    run([&] {
        bool open = false;
        paipa::pipeline p{paipa::step("a",
                                      [&](int) {
                                          while (!open) {
                                              sim.sleep_for(1s);
                                          }
                                      }),
                          options()};
        p.put(1);
        p.start();
        const auto r = p.drain(10s);
        EXPECT_EQ(sim.elapsed(), 10'250ms);
        EXPECT_TRUE(r.balanced()) << r;
        EXPECT_EQ(r.steps[0].inside, 1U);
        open = true;
        expect_closed(p.stop());
    });
}

TEST_P(virtual_time, of_put_for_and_push_for_is_honoured) {
    run([&] {
        const auto q = std::make_shared<paipa::queue<int>>(1, &sim);
        paipa::pipeline p{paipa::step<slow>("a", {.capacity = 1}), q, options()};
        p.start();
        p.put(1);  // in process
        sim.sleep_for(1s);
        p.put(2);    // in the intake
        q->push(3);  // in the source's hand
        sim.sleep_for(1s);
        q->push(4);  // in the queue
        EXPECT_FALSE(p.put_for(5, 3s));
        EXPECT_EQ(sim.elapsed(), 5s);
        EXPECT_FALSE(q->push_for(6, 2s));
        EXPECT_EQ(sim.elapsed(), 7s);
        EXPECT_TRUE(q->push_for(7, 1h));
        EXPECT_EQ(sim.elapsed(), 10s);
        const auto r = p.stop();
        expect_closed(r);
        EXPECT_EQ(r.delivered, 5U);
    });
    EXPECT_EQ(sim.elapsed(), 50s);
}

TEST_P(virtual_time, of_a_daemons_destructor_is_short) {
    run([&] {
        {
            auto o = options();
            o.daemon = true;
            paipa::pipeline p{paipa::step("a", [&](int) { sim.sleep_for(1h); }), o};
            p.put(1);
            p.start();
            sim.sleep_for(1s);
        }
        EXPECT_EQ(sim.elapsed(), 1'100ms);
    });
}

/// A thread that went on would pull from objects of the chain, which are gone.
TEST_P(virtual_time, of_a_daemon_in_a_chain_is_waited_for) {
    run([&] {
        for (const bool in_chain : {true, false}) {
            int inside = 0;
            const auto slow_from_1 = std::views::transform([&](int x) {
                ++inside;
                sim.sleep_for(x == 0 ? 0s : 1h);
                --inside;
                return x;
            });
            const auto same = paipa::step("same", [](int x) { return x; });
            auto o = options();
            o.daemon = true;
            const auto leave_early = [&](auto range) {
                const auto first = range.begin();
                EXPECT_EQ(*first, 0);
                sim.sleep_for(1s);
                EXPECT_EQ(inside, 1);
            };
            if (in_chain) {
                leave_early(
                    paipa::combine(std::views::iota(0), slow_from_1, paipa::threaded(same, o)));
            } else {
                leave_early(paipa::stream(std::views::iota(0) | slow_from_1, same, o));
            }
            EXPECT_EQ(inside, 0);
        }
    });
}

/// When the workers of a step ended.
struct ends_of_workers final : paipa::tracker {
    explicit ends_of_workers(simulation& s) : sim(s) {}

    void worker_ended(std::string_view, std::size_t) override { times.insert(sim.elapsed()); }

    simulation& sim;
    std::multiset<duration> times;
};

/// Two items of ten seconds, one after the other, for three workers.
template <class Step>
std::multiset<duration> ends_of(simulation& sim, const Step& step) {
    const auto ends = std::make_shared<ends_of_workers>(sim);
    paipa::pipeline<int> p{step, {.quiet = true, .tracker = ends, .runtime = &sim}};
    p.start();
    p.put(1);
    sim.sleep_for(1s);
    p.put(2);
    expect_closed(p.stop());
    return ends->times;
}

TEST_P(virtual_time, of_a_workers_end_is_when_nothing_can_come_to_it) {
    const auto work = [&](int) { sim.sleep_for(10s); };
    run([&] {
        const auto f = paipa::step("a", work, {.threads = 3});
        EXPECT_EQ(ends_of(sim, f), (std::multiset<duration>{1s, 10s, 11s}));
    });
}

TEST_P(virtual_time, of_workers_ends_is_one_where_an_item_may_come_back_or_hooks_follow) {
    const auto work = [&](int) { sim.sleep_for(10s); };
    run([&] {
        const auto f = paipa::step("a", work, {.threads = 3, .retry = {.attempts = 2}});
        EXPECT_EQ(ends_of(sim, f), (std::multiset<duration>{11s, 11s, 11s}));
    });
    run([&] {
        const auto f = paipa::step<slow>("a", {.threads = 3});
        const duration begin = sim.elapsed();
        EXPECT_EQ(ends_of(sim, f),
                  (std::multiset<duration>{begin + 11s, begin + 11s, begin + 11s}));
    });
}

}  // namespace
