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

TEST(a_valve, lets_as_many_items_go_as_it_says) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        token_valve valve(2, 1s, sim.now());
        number_edge e(sim, 10);
        e.edge.set_doors(nullptr, &valve);
        e.put({1, 2, 3, 4});
        number_reader reader(e.edge);
        EXPECT_EQ(reader.look(10), taken::items);
        EXPECT_EQ(reader.finish(), (ints{1, 2}));
        EXPECT_EQ(reader.look(10), taken::nothing);
        EXPECT_EQ(reader.wait(), taken::items);
        EXPECT_EQ(reader.finish(), (ints{3}));
        EXPECT_EQ(sim.elapsed(), 1s);
        sim.sleep_for(10s);
        EXPECT_EQ(reader.look(10), taken::items);
        EXPECT_EQ(reader.finish(), (ints{4}));
        EXPECT_EQ(valve.out, 4U);
        EXPECT_FALSE(valve.is_exceeded);
    });
}

TEST(a_valve, holds_retries_up_too) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        token_valve valve(1, 1s, sim.now());
        number_edge e(sim, 10);
        e.edge.set_doors(nullptr, &valve);
        e.put({1});
        number_reader reader(e.edge);
        EXPECT_EQ(reader.look(), taken::items);
        EXPECT_TRUE(reader.in.take_next());
        reader.in.drop_taken(paipa::detail::final_outcome::delivered);
        reader.give_back(1, sim.now());
        EXPECT_EQ(reader.look(), taken::nothing);
        EXPECT_EQ(reader.wait(), taken::again);
        EXPECT_EQ(sim.elapsed(), 1s);
        EXPECT_EQ(reader.again(), 1);
        ++reader.in.done;
        EXPECT_EQ(valve.out, 2U);
    });
}

TEST(a_valve, that_is_shut_wakes_nobody_when_items_come) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        token_valve valve(1, 1h, sim.now());
        number_edge e(sim, 10'000);
        e.edge.set_doors(nullptr, &valve);
        e.put({0});
        const auto worker = sim.spawn("reader", [&] {
            number_reader reader(e.edge);
            EXPECT_EQ(reader.wait(), taken::items);
            EXPECT_EQ(reader.finish(), (ints{0}));
            EXPECT_EQ(reader.wait(), taken::items);
            EXPECT_EQ(reader.finish(), (ints{1}));
        });
        sim.sleep_for(1s);
        const std::uint64_t asked = valve.asked;
        for (int n = 1; n < 1000; ++n) {
            e.put({n});
            sim.sleep_for(1ms);
        }
        EXPECT_LE(valve.asked, asked + 20) << "spurious wake-ups of the simulation";
        worker->join();
        EXPECT_EQ(sim.elapsed(), 1h);
    });
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
    paipa::testing::simulation sim(1);
    sim.run([&] {
        token_valve valve(1, 1s, sim.now());
        number_edge e(sim, 10);
        e.edge.set_doors(nullptr, &valve);
        e.put({1, 2});
        e.edge.push_meta(7);
        e.put({3});
        number_reader reader(e.edge);
        EXPECT_EQ(reader.wait(), taken::items);
        EXPECT_EQ(reader.finish(), (ints{1}));
        EXPECT_EQ(reader.wait(), taken::items);
        EXPECT_EQ(reader.finish(), (ints{2}));
        EXPECT_EQ(sim.elapsed(), 1s);
        EXPECT_EQ(reader.look(), taken::meta) << "it takes no token";
        EXPECT_EQ(std::any_cast<int>(e.edge.take_meta()), 7);
        e.edge.meta_passed();
        EXPECT_EQ(reader.look(), taken::nothing);
        EXPECT_EQ(reader.wait(), taken::items);
        EXPECT_EQ(reader.finish(), (ints{3}));
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
    paipa::testing::simulation sim(1);
    sim.run([&] {
        token_valve shut(1, 100h, sim.now());
        number_edge e(sim, 10);
        e.edge.set_doors(nullptr, &shut);
        e.put({1, 2, 3});
        number_reader reader(e.edge);
        EXPECT_EQ(reader.wait(), taken::items);
        reader.finish();
        const auto other = sim.spawn("other", [&] {
            sim.sleep_for(1s);
            e.edge.seal("test");
            sim.sleep_for(1s);
            e.edge.cancel("test");
        });
        EXPECT_EQ(reader.wait(), taken::items) << "what is queued in a sealed edge is read";
        EXPECT_EQ(reader.finish(), (ints{2}));
        EXPECT_EQ(sim.elapsed(), 1s);
        sim.sleep_for(2s);
        EXPECT_EQ(reader.wait(), taken::cancelled);
        other->join();
    });
}

}  // namespace
