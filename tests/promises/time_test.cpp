#include <paipa/testing/simulation.hpp>

#include "support.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

// Promises about time, on the virtual clock: exact, for several schedules.

namespace {

using namespace promises;
using paipa::duration;
using paipa::testing::simulation;

/// Each test runs for a few seeds: the order of events differs, the times must not.
class virtual_time : public testing::TestWithParam<std::uint64_t> {
protected:
    void run(const std::function<void()>& body) {
        paipa::set_log_hook([](paipa::log_level, std::string_view) {});
        sim.run(body);
        paipa::set_log_hook({});
    }

    [[nodiscard]] paipa::pipeline_options options() { return {.quiet = true, .runtime = &sim}; }

    simulation sim{GetParam()};
    std::vector<duration> times;  // fibers share one thread
};

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

/// Every item takes ten seconds.
struct slow final : paipa::abstract_step<int> {
    explicit slow(bool* s = nullptr) : slept(s) {}

    void process(int) override {
        const bool whole = self().sleep_for(10s);
        if (slept != nullptr) {
            *slept = whole;
        }
    }

    bool* slept;
};

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

TEST_P(virtual_time, by_state_is_in_the_report) {
    run([&] {
        paipa::pipeline p{paipa::step("a", [](int x) { return x; }, {.capacity = 1}) |
                              paipa::step<slow>("b", {.capacity = 1}),
                          options()};
        p.put_iterable(numbers(0, 4));
        const auto r = p.run();
        expect_closed(r);
        EXPECT_EQ(r.elapsed, 40s);
        EXPECT_EQ(r.steps[1].time.running, 40s);
        EXPECT_EQ(r.steps[0].time.running, 0s);
        EXPECT_EQ(r.steps[0].time.waiting_for_room + r.steps[0].time.waiting_for_input, 20s);
        EXPECT_EQ(r.bottleneck(), "the bottleneck is step 'b': its worker ran 100 % of the time");
    });
}

TEST_P(virtual_time, of_a_slow_source_is_in_the_report) {
    run([&] {
        const auto slowly = [&](int n) {
            sim.sleep_for(10s);
            return n;
        };
        paipa::pipeline p{paipa::step("a", [](int) {}), options()};
        p.put_iterable(std::views::iota(0, 4) | std::views::transform(slowly));
        const auto r = p.run();
        expect_closed(r);
        ASSERT_EQ(r.sources.size(), 1);
        EXPECT_EQ(r.sources[0].emitted, 4);
        EXPECT_EQ(r.sources[0].time.running, 40s);
        EXPECT_EQ(r.bottleneck(),
                  "the bottleneck is the source 'source': its thread ran 100 % of the time");
    });
}

TEST_P(virtual_time, of_a_queue_that_nobody_fills_is_no_work_of_its_source) {
    run([&] {
        const auto q = std::make_shared<paipa::queue<int>>(4, &sim);
        paipa::pipeline p{paipa::step("a", [](int) {}), q, options()};
        p.start();
        for (int n = 0; n < 4; ++n) {
            sim.sleep_for(10s);
            q->push(n);
        }
        const auto r = p.stop();
        expect_closed(r);
        ASSERT_EQ(r.sources.size(), 1);
        EXPECT_EQ(r.sources[0].name, "input queue");
        EXPECT_EQ(r.sources[0].time.running, 0s);
        EXPECT_EQ(r.sources[0].time.waiting_for_input, 40s);
        EXPECT_EQ(
            r.bottleneck(),
            "no step holds the others up: the busiest is 'a', its worker ran 0 % of the time");
    });
}

TEST_P(virtual_time, of_a_slow_reader_is_in_the_report) {
    run([&] {
        auto o = options();
        o.capacity = 1;
        paipa::pipeline p{paipa::step("a", [](int x) { return x; }), o};
        p.put_iterable(numbers(0, 100));
        for ([[maybe_unused]] const int x : p.results()) {
            sim.sleep_for(10s);
        }
        const auto r = p.report();
        expect_closed(r);
        EXPECT_EQ(r.results_unread, 0);
        EXPECT_EQ(r.bottleneck().substr(0, 70),
                  "the bottleneck is whoever reads the results: step 'a' waited for room ")
            << r;
    });
}

TEST_P(virtual_time, of_waiting_to_retry_is_in_the_report) {
    run([&] {
        paipa::pipeline p{
            paipa::step("a",
                        [&](int) {
                            if (sim.elapsed() < 3h) {
                                throw std::runtime_error("not yet");
                            }
                            return 0;
                        },
                        {.retry = {.attempts = 3, .delay = 1h, .max_delay = 24h, .factor = 2}}) |
                paipa::step("b", [](int) {}),
            options()};
        p.put(1);
        p.finish();
        const auto r = p.run();
        expect_closed(r);
        EXPECT_EQ(r.elapsed, 3h);
        EXPECT_EQ(r.steps[0].retries, 2U);
        EXPECT_EQ(r.steps[0].time.waiting_to_retry, 3h);
        EXPECT_EQ(r.steps[0].time.waiting_for_input, 0s);
        EXPECT_EQ(r.steps[1].time.waiting_to_retry, 0s);
        EXPECT_EQ(r.steps[1].time.waiting_for_input, 3h);
    });
}

/// Nobody looks again and again whether something has come.
TEST_P(virtual_time, of_waiting_for_a_slow_step_costs_no_switches) {
    run([&] {
        const auto slow_pass = [&](int x) {
            sim.sleep_for(10s);
            return x;
        };
        paipa::pipeline p{
            paipa::step("a", slow_pass) | paipa::step("b", [](int) {}, {.threads = 2}), options()};
        p.put_iterable(numbers(0, 20));
        expect_closed(p.run());
    });
    EXPECT_EQ(sim.elapsed(), 200s);
    EXPECT_LT(sim.switches(), 1'000U);
}

}  // namespace
