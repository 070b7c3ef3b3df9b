#include "support.hpp"
#include "virtual_time.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// What lies in edges whose capacity nobody has declared, and in front of them.

namespace {

using namespace promises;

class capacities : public virtual_time {};

INSTANTIATE_TEST_SUITE_P(seeds, capacities, testing::Range<std::uint64_t>(1, 6));

/// A handle: trivially copyable, and with much memory behind it.
struct frame {
    int number;
};

template <class Item>
std::uint64_t most_in_front_of_a_slow_step(paipa::testing::simulation& sim,
                                           const paipa::pipeline_options& o, std::size_t threads) {
    paipa::report r;
    sim.run([&] {
        paipa::pipeline p{
            paipa::step("make", [](int x) { return Item{x}; }) |
                paipa::step("slow",
                            [&](const Item&) { sim.sleep_for(std::chrono::milliseconds{10}); },
                            {.threads = threads}),
            o};
        p.put_iterable(numbers(0, 1'000));
        r = p.run();
    });
    expect_closed(r);
    EXPECT_LE(r.edges[1].limit, r.edges[1].capacity);
    return r.edges[1].most;
}

TEST_P(capacities, of_edges_in_front_of_slow_steps_stay_small) {
    EXPECT_LE(most_in_front_of_a_slow_step<frame>(sim, options(), 1), 16U);
    EXPECT_LE(most_in_front_of_a_slow_step<frame>(sim, options(), 20), 40U);
}

struct large {
    int number;
    std::string text = "an item with memory of its own";
};

TEST_P(capacities, of_edges_of_large_items_in_front_of_slow_steps_stay_small) {
    EXPECT_LE(most_in_front_of_a_slow_step<large>(sim, options(), 1), 16U);
}

TEST_P(capacities, that_are_declared_hold_as_they_are) {
    auto o = options();
    o.capacity = 100;
    const std::uint64_t most = most_in_front_of_a_slow_step<frame>(sim, o, 1);
    EXPECT_GT(most, 90U);
    EXPECT_LE(most, 100U);
}

TEST(capacity, grows_where_the_readers_are_fast) {
    paipa::pipeline p{paipa::step("a", [](int x) { return x; }) | paipa::step("b", [](int) {}),
                      {.quiet = true}};
    p.put_iterable(numbers(0, 100'000));
    const auto r = p.run();
    expect_closed(r);
    EXPECT_GT(r.edges[1].limit, 16U) << r;
    EXPECT_LE(r.edges[1].limit, r.edges[1].capacity) << r;
}

TEST_P(capacities, of_results_hold_as_they_are_until_somebody_reads) {
    int read = 0;
    run([&] {
        paipa::pipeline p{paipa::step("slow",
                                      [&](int x) {
                                          sim.sleep_for(std::chrono::milliseconds{10});
                                          return x;
                                      }),
                          options()};
        p.start();
        for (const int x : numbers(0, 200)) {  // or this waits for ever
            p.put(x);
        }
        p.finish();
        for ([[maybe_unused]] const int x : p.results()) {
            ++read;
            sim.sleep_for(std::chrono::milliseconds{100});
        }
        EXPECT_EQ(p.report().edges[1].limit, 16U);
    });
    EXPECT_EQ(read, 200);
}

paipa::generator<int> so_often(int x) {
    for (int i = 0; i < x % 200; ++i) {
        co_yield x;
    }
}

/// A bound that falls may fall below what the workers of an ordered step have reserved, while they
/// wait for the turn of one that needs room.
TEST_P(capacities, may_fall_below_what_ordered_workers_have_reserved) {
    int read = 0;
    run([&] {
        paipa::pipeline p{paipa::step("many", so_often, {.threads = 4, .ordered = true}),
                          options()};
        p.put_iterable(numbers(0, 400));
        for ([[maybe_unused]] const int x : p.results()) {
            if (++read % 1'000 == 0) {
                sim.sleep_for(std::chrono::seconds{1});
            }
        }
    });
    EXPECT_EQ(read, 2 * 199 * 200 / 2);
}

TEST_P(capacities, of_waiting_retries_are_those_of_the_edge) {
    int done = 0;
    paipa::duration last{};
    run([&] {
        auto q = std::make_shared<paipa::queue<int>>(100, &sim);
        int failed = 0;
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) {
                                          if (x < 50 && failed < 50) {
                                              ++failed;
                                              throw std::runtime_error("not yet");
                                          }
                                          ++done;
                                          if (x >= 50) {
                                              last = sim.elapsed();
                                          }
                                      },
                                      {.retry = {.attempts = 2, .delay = std::chrono::hours{1}}}),
                          q, options()};
        p.start();
        for (const int x : numbers(0, 100)) {
            q->push(x);
        }
        expect_closed(p.stop());
    });
    EXPECT_EQ(done, 100);
    EXPECT_LT(last, std::chrono::minutes{1});  // fifty waiting retries hold up nobody
}

TEST_P(capacities, of_an_input_queue_bound_what_is_inside) {
    constexpr std::size_t threads = 4;
    std::size_t left = 0;
    paipa::report r;
    run([&] {
        auto q = std::make_shared<paipa::queue<int>>(10, &sim);
        paipa::pipeline p{
            paipa::step("slow", [&](int) { sim.sleep_for(std::chrono::milliseconds{10}); },
                        {.threads = threads}),
            q, options()};
        p.start();
        auto feeder = sim.spawn("feeder", [&] {
            try {
                for (int i = 0; i < 5'000; ++i) {
                    q->push(i);
                }
            } catch (const paipa::closed_error&) {
            }
        });
        sim.sleep_for(std::chrono::milliseconds{95});
        r = p.drain(std::chrono::milliseconds{50});
        left = q->size();
        feeder->join();
    });
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::drained);
    EXPECT_EQ(r.abandoned(), 0U) << r;
    EXPECT_LE(r.edges[0].most, threads) << r;
    EXPECT_GE(left, 9U);  // what the drain did not get to
}

TEST_P(capacities, of_an_intake_are_left_in_part_to_put_by_a_slow_source) {
    run([&] {
        const auto slow = [this]() -> paipa::generator<int> {
            co_yield 1;
            sim.sleep_for(std::chrono::hours{1});
            co_yield 2;
        };
        paipa::pipeline p{paipa::step("a", [](int) {}), options()};
        p.put_iterable(slow);
        p.start();
        sim.sleep_for(std::chrono::seconds{1});
        for (int i = 0; i < 8; ++i) {
            p.put(i);
        }
        EXPECT_LT(sim.elapsed(), std::chrono::minutes{1});
        expect_closed(p.stop());
    });
}

}  // namespace
