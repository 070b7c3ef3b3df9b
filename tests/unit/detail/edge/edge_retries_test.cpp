#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::detail::taken;

using ints = std::vector<int>;

/// Retries, on a virtual clock.
class edge_with_retries : public testing::Test {
protected:
    edge_with_retries() { edge_.start_bounds(); }

    [[nodiscard]] paipa::time_point in(paipa::duration time) { return sim.now() + time; }

    /// Gives the reader the item 1 in hand.
    void take_one(number_reader& reader) {
        queue.put({1});
        reader.look();
        ASSERT_TRUE(reader.in.take_next());
    }

    paipa::testing::simulation sim;
    number_edge queue{sim, 4};
    paipa::detail::edge& edge_ = queue.edge;
};

TEST_F(edge_with_retries, brings_an_item_again_when_its_time_has_come) {
    sim.run([&] {
        number_reader reader(edge_);
        take_one(reader);
        reader.give_back(1, in(2s));
        EXPECT_EQ(reader.look(), taken::nothing);
        EXPECT_EQ(edge_.retries().waiting, 1U);
        EXPECT_EQ(edge_.unfinished(), 1U);
        EXPECT_EQ(reader.wait(), taken::again);
        EXPECT_EQ(reader.again(), 1);
        EXPECT_EQ(edge_.retries().waiting, 0U);
        reader.in.done = 1;
        reader.look();
        EXPECT_EQ(edge_.unfinished(), 0U);
    });
    EXPECT_EQ(sim.elapsed(), 2s);
}

TEST_F(edge_with_retries, does_not_end_before_an_item_that_comes_back) {
    sim.run([&] {
        number_reader reader(edge_);
        queue.put({1});
        edge_.close("");
        reader.look();
        ASSERT_TRUE(reader.in.take_next());
        reader.give_back(1, in(2s));
        EXPECT_EQ(reader.wait(), taken::again);
        reader.again();
        reader.in.done = 1;
        EXPECT_EQ(reader.wait(), taken::end);
    });
}

TEST_F(edge_with_retries, counts_them_against_its_capacity) {
    sim.run([&] {
        number_reader reader(edge_);
        take_one(reader);
        reader.give_back(1, in(2s));
        reader.look();
        EXPECT_EQ(queue.put({2, 3, 4, 5}), 3U);
        reader.in.done = 0;
    });
}

TEST_F(edge_with_retries, leaves_an_item_with_its_reader_while_there_is_no_room) {
    sim.run([&] {
        number_reader reader(edge_);
        take_one(reader);
        queue.put({2, 3, 4, 5});
        reader.give_back(1, in(1s));
        EXPECT_EQ(reader.look(), taken::items);  // which makes room
        EXPECT_TRUE(reader.in.back.empty());
        EXPECT_EQ(reader.finish(), (ints{2}));
        EXPECT_EQ(edge_.retries().waiting, 1U);
        EXPECT_EQ(edge_.figures().most, 4U);
    });
}

TEST_F(edge_with_retries, throws_them_away_when_it_is_cancelled) {
    sim.run([&] {
        number_reader reader(edge_);
        take_one(reader);
        reader.give_back(1, in(1s));
        reader.look();
        edge_.cancel("");
        EXPECT_EQ(edge_.retries().abandoned, 1U);
        EXPECT_EQ(edge_.retries().waiting, 0U);
        EXPECT_EQ(edge_.unfinished(), 0U);
        EXPECT_EQ(edge_.figures().abandoned, 0U);  // it was popped before
    });
}

}  // namespace
