#include <paipa/paipa.hpp>
#include <paipa/testing/collector.hpp>
#include <paipa/testing/simulation.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <ranges>
#include <stdexcept>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::testing::simulation;

TEST(simulation, runs_a_pipeline_on_one_thread) {
    simulation sim(7);
    paipa::testing::collector<int> out;
    sim.run([&] {
        auto flow = paipa::step("twice", [](int x) { return 2 * x; }, {.threads = 3}) |
                    paipa::step("out", out);
        paipa::pipeline p{flow, {.quiet = true, .capacity = 2, .runtime = &sim}};
        p.put_iterable(std::views::iota(0, 50));
        const auto r = p.run();
        EXPECT_TRUE(r.balanced()) << r;
    });
    std::vector<int> expected;
    for (int i = 0; i < 50; ++i) {
        expected.push_back(2 * i);
    }
    EXPECT_EQ(out.sorted(), expected);
}

std::vector<int> order_of(std::uint64_t seed, std::uint64_t& switches) {
    simulation sim(seed);
    paipa::testing::collector<int> out;
    sim.run([&] {
        paipa::pipeline p{paipa::step("out", out, {.threads = 4}),
                          {.quiet = true, .capacity = 4, .runtime = &sim}};
        p.put_iterable(std::views::iota(0, 40));
        p.run();
    });
    switches = sim.switches();
    return out.items();
}

TEST(simulation, repeats_for_a_seed_and_differs_between_seeds) {
    std::uint64_t first = 0;
    std::uint64_t again = 0;
    EXPECT_EQ(order_of(3, first), order_of(3, again));
    EXPECT_EQ(first, again);
    bool differs = false;
    for (std::uint64_t seed = 4; seed < 10; ++seed) {
        std::uint64_t other = 0;
        differs = differs || order_of(seed, other) != order_of(3, first);
    }
    EXPECT_TRUE(differs);
}

TEST(simulation, lets_retry_delays_pass_exactly) {
    simulation sim(1);
    std::vector<paipa::duration> tries;
    sim.run([&] {
        auto flaky = [&](int) {
            tries.push_back(sim.elapsed());
            if (tries.size() < 4) {
                throw std::runtime_error("not yet");
            }
        };
        paipa::pipeline p{
            paipa::step("flaky", flaky, {.retry = {.attempts = 4, .delay = 1h, .max_delay = 3h}}),
            {.quiet = true, .runtime = &sim}};
        p.put(1);
        p.finish();
        p.run();
    });
    EXPECT_EQ(tries, (std::vector<paipa::duration>{0h, 1h, 3h, 6h}));
}

TEST(simulation, passes_on_what_the_body_throws) {
    simulation sim;
    EXPECT_THROW(sim.run([] { throw 5; }), int);
}

TEST(simulation, names_who_waits_when_nobody_can_run) {
    simulation sim;
    try {
        sim.run([&] {
            sim.park(paipa::never);
            sim.park(paipa::never);
            sim.park(paipa::never);
        });
        FAIL() << "a fiber that nobody wakes must stall";
    } catch (const paipa::testing::stalled_error& e) {
        EXPECT_STREQ(e.what(),
                     "paipa::simulation: nobody can run and no timer is set; waiting: main");
    }
}

TEST(simulation, sends_timed_chunks_on_time) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        simulation sim(seed);
        std::vector<paipa::duration> times;
        sim.run([&] {
            auto flow =
                paipa::timed_chunk({.size = 1000, .timeout = 50ms}) |
                paipa::step("out", [&](std::vector<int>) { times.push_back(sim.elapsed()); });
            paipa::pipeline<int> p{flow, {.quiet = true, .runtime = &sim}};
            p.start();
            for (int i = 0; i < 12; ++i) {
                p.put(i);
                sim.sleep_for(7ms);
            }
            p.stop();
        });
        ASSERT_EQ(times.size(), 2) << "seed " << seed;
        EXPECT_EQ(times[0], 50ms);
        EXPECT_EQ(times[1], 84ms);  // stop sends the rest
    }
}

}  // namespace
