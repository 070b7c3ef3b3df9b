#include "on_threads.hpp"
#include "support.hpp"
#include "virtual_time.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>

// Where a run's time went, on the virtual clock: exact, for several schedules.

namespace {

using namespace promises;

INSTANTIATE_TEST_SUITE_P(seed, virtual_time, testing::Range(std::uint64_t{1}, std::uint64_t{9}));

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
        EXPECT_EQ(r.bottleneck(),
                  "the bottleneck is whoever feeds the source 'input queue': it waited for input "
                  "100 % of the time");
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

/// Counts, and at the end hands ten items to whoever is behind, who is slow.
struct summing final : paipa::abstract_step<int, int, void> {
    void process(int) override { self().sleep_for(1s); }

    void step_shutdown() override {
        for (int i = 0; i < 10; ++i) {
            emit(i);
        }
    }
};

/// The last worker runs the hook, in the first one's place; both have ended then.
TEST_P(virtual_time, of_workers_ends_with_the_steps_hook) {
    run([&] {
        paipa::pipeline p{paipa::step<summing>("sum", {.threads = 2}) |
                              paipa::step<slow>("slow", {.capacity = 1}),
                          options()};
        p.put_all({1, 2, 3, 4});
        p.finish();
        const auto r = p.run();
        expect_closed(r);
        EXPECT_EQ(r.elapsed, 102s);
        EXPECT_LE(r.steps[0].time.running, 4s);
        EXPECT_GT(r.steps[0].time.waiting_for_room, 70s);
        EXPECT_EQ(p.explain().find("running for"), std::string::npos) << p.explain();
        EXPECT_EQ(r.bottleneck().substr(0, 29), "the bottleneck is step 'slow'") << r;
    });
}

TEST_P(virtual_time, of_several_sources_is_told_apart) {
    run([&] {
        paipa::pipeline p{paipa::step("a", [](int) {}), options()};
        p.put_iterable(numbers(0, 3));
        p.put_iterable(numbers(0, 5) | std::views::transform([](int n) {
                           return n < 4 ? n : throw std::runtime_error("four");
                       }));
        EXPECT_THROW(p.run(), std::runtime_error);
        const auto r = p.report();
        ASSERT_EQ(r.sources.size(), 2);
        EXPECT_EQ(r.sources[0].name, "source");
        EXPECT_EQ(r.sources[1].name, "source#2");
        EXPECT_EQ(p.failure()->step, "source#2");
        EXPECT_NE(p.explain().find("source#2/0: not running"), std::string::npos) << p.explain();
    });
}

/// Has a clock for each thread that moves by nothing but its letting others run.
class yielding_takes_time final : public on_threads {
public:
    paipa::time_point now() noexcept override { return paipa::time_point{} + yields_ * 1h; }

    void yield() noexcept override {
        ++yields_;
        ++all_yields;
        on_threads::yield();
    }

    std::atomic<int> all_yields = 0;

private:
    static inline thread_local int yields_ = 0;
};

/// Counts how often the clock is read.
class counting_time final : public on_threads {
public:
    paipa::time_point now() noexcept override {
        ++reads;
        return on_threads::now();
    }

    std::atomic<int> reads = 0;
};

TEST(time_by_state, is_measured_without_a_look_at_the_clock_for_each_item) {
    constexpr int items = 200'000;
    for (const std::size_t threads : {1U, 2U, 4U}) {
        for (const bool ordered : {false, true}) {
            counting_time rt;
            const auto pass = [](int x) { return x; };
            const paipa::step_options o{.threads = threads, .ordered = ordered};
            paipa::pipeline p{paipa::step("a", pass, o) | paipa::step("b", pass, o) |
                                  paipa::step("c", [](int) {}),
                              {.quiet = true, .runtime = &rt}};
            p.put_iterable(std::views::iota(0, items));
            expect_closed(p.run());
            EXPECT_LT(rt.reads, items) << threads << (ordered ? " ordered" : "");
        }
    }
}

TEST(time_by_state, of_letting_others_run_is_waiting) {
    yielding_takes_time rt;
    while (rt.all_yields < 100) {
        paipa::pipeline p{paipa::step("a", [](int x) { return x; }) | paipa::step("b", [](int) {}),
                          {.quiet = true, .capacity = 4, .runtime = &rt}};
        p.put_iterable(numbers(0, 1'000));
        const auto r = p.run();
        expect_closed(r);
        EXPECT_EQ(r.sources[0].time.running, 0s);
        EXPECT_EQ(r.steps[0].time.running, 0s);
        EXPECT_EQ(r.steps[1].time.running, 0s);
    }
}

}  // namespace
