#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/valve.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../../../doors_case.hpp"
#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace {

using namespace std::chrono_literals;
using ints = std::vector<int>;
using paipa::detail::taken;

/// An edge with a valve that gives tokens, and a reader.
struct valved {
    valved(paipa::runtime& rt, std::size_t burst, paipa::duration period)
        : valve(burst, period, rt.now()), e(rt, 10'000) {
        e.edge.set_doors(nullptr, &valve);
    }

    token_valve valve;
    number_edge e;
    number_reader reader{e.edge};
};

/// Calls `body` in a simulation, with the numbers from 1 on in the edge.
template <class Body>
void with_valve(std::size_t burst, paipa::duration period, int numbers, Body body) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        valved v(sim, burst, period);
        for (int n = 1; n <= numbers; ++n) {
            v.e.put({n});
        }
        body(sim, v);
    });
}

TEST(a_valve, lets_as_many_items_go_as_it_says) {
    with_valve(2, 1s, 4, [](auto& sim, valved& v) {
        EXPECT_EQ(v.reader.look(10), taken::items);
        EXPECT_EQ(v.reader.finish(), (ints{1, 2}));
        EXPECT_EQ(v.reader.look(10), taken::nothing);
        EXPECT_EQ(v.reader.wait(), taken::items);
        EXPECT_EQ(v.reader.finish(), (ints{3}));
        EXPECT_EQ(sim.elapsed(), 1s);
        sim.sleep_for(10s);
        EXPECT_EQ(v.reader.look(10), taken::items);
        EXPECT_EQ(v.reader.finish(), (ints{4}));
        EXPECT_EQ(v.valve.out, 4U);
        EXPECT_FALSE(v.valve.is_exceeded);
    });
}

TEST(a_valve, holds_retries_up_too) {
    with_valve(1, 1s, 1, [](auto& sim, valved& v) {
        EXPECT_EQ(v.reader.look(), taken::items);
        EXPECT_TRUE(v.reader.in.take_next());
        v.reader.in.drop_taken(paipa::detail::final_outcome::delivered);
        v.reader.give_back(1, sim.now());
        EXPECT_EQ(v.reader.look(), taken::nothing);
        EXPECT_EQ(v.reader.wait(), taken::again);
        EXPECT_EQ(sim.elapsed(), 1s);
        EXPECT_EQ(v.reader.again(), 1);
        ++v.reader.in.done;
        EXPECT_EQ(v.valve.out, 2U);
    });
}

TEST(a_valve, that_is_shut_wakes_nobody_when_items_come) {
    for (const bool is_back_before : {false, true}) {
        with_valve(1, 1h, 1, [&](auto& sim, valved& v) {
            EXPECT_EQ(v.reader.wait(), taken::items);
            v.reader.finish();
            const auto putter = sim.spawn("putter", [&] {
                for (int n = 0; n < 1000; ++n) {
                    sim.sleep_for(1ms);
                    v.e.put({n});
                }
            });
            const std::uint64_t asked = v.valve.asked;
            const auto until = is_back_before ? sim.now() + 30min : paipa::never;
            EXPECT_EQ(v.reader.wait(until), is_back_before ? taken::nothing : taken::items);
            EXPECT_LE(v.valve.asked, asked + 20) << "spurious wake-ups of the simulation";
            v.reader.finish();
            putter->join();
        });
    }
}

TEST(a_valve, is_watched_by_one_of_the_readers_that_wait) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            token_valve valve(1, 1s, sim.now());
            number_edge e(sim, 100);
            e.edge.set_doors(nullptr, &valve);
            for (int n = 0; n < 20; ++n) {
                e.put({n});
            }
            e.edge.close("test");
            std::size_t got = 0;
            std::vector<std::unique_ptr<paipa::runtime::thread>> readers;
            for (int i = 0; i < 3; ++i) {
                readers.push_back(sim.spawn("reader", [&] {
                    number_reader reader(e.edge);
                    while (reader.wait() == taken::items) {
                        got += reader.finish().size();
                        sim.sleep_for(2500ms);
                    }
                }));
            }
            for (const auto& r : readers) {
                r->join();
            }
            EXPECT_EQ(got, 20U);
            EXPECT_FALSE(valve.is_exceeded);
            EXPECT_LT(sim.elapsed(), 25s)
                << "three readers of 2.5 s each keep up with a token a second";
        });
    }
}

TEST(a_valve, lets_a_meta_entry_pass_when_what_is_in_front_of_it_has) {
    with_valve(1, 1s, 2, [](auto& sim, valved& v) {
        v.e.edge.push_meta(7);
        v.e.put({3});
        EXPECT_EQ(v.reader.wait(), taken::items);
        EXPECT_EQ(v.reader.finish(), (ints{1}));
        EXPECT_EQ(v.reader.wait(), taken::items);
        EXPECT_EQ(v.reader.finish(), (ints{2}));
        EXPECT_EQ(sim.elapsed(), 1s);
        EXPECT_EQ(v.reader.look(), taken::meta) << "it takes no token";
        EXPECT_EQ(std::any_cast<int>(v.e.edge.take_meta()), 7);
        v.e.edge.meta_passed();
        EXPECT_EQ(v.reader.look(), taken::nothing);
        EXPECT_EQ(v.reader.wait(), taken::items);
        EXPECT_EQ(v.reader.finish(), (ints{3}));
    });
}

TEST(a_valve, is_asked_again_when_somebody_says_so) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        shut_valve valve;
        number_edge e(sim, 10);
        e.edge.set_doors(nullptr, &valve);
        e.put({1});
        number_reader reader(e.edge);
        const auto other = sim.spawn("other", [&] {
            sim.sleep_for(1s);
            valve.opens = sim.now();
            e.edge.ask_doors_again();
        });
        EXPECT_EQ(reader.wait(), taken::items);
        EXPECT_EQ(reader.finish(), (ints{1}));
        EXPECT_EQ(sim.elapsed(), 1s);
        other->join();
    });
}

TEST(a_valve, holds_nobody_up_when_the_edge_is_cancelled_or_sealed) {
    with_valve(1, 100h, 3, [](auto& sim, valved& v) {
        EXPECT_EQ(v.reader.wait(), taken::items);
        v.reader.finish();
        const auto other = sim.spawn("other", [&] {
            sim.sleep_for(1s);
            v.e.edge.seal("test");
            sim.sleep_for(1s);
            v.e.edge.cancel("test");
        });
        EXPECT_EQ(v.reader.wait(), taken::items) << "what is queued in a sealed edge is read";
        EXPECT_EQ(v.reader.finish(), (ints{2}));
        EXPECT_EQ(sim.elapsed(), 1s);
        sim.sleep_for(2s);
        EXPECT_EQ(v.reader.wait(), taken::cancelled);
        other->join();
    });
}

}  // namespace
