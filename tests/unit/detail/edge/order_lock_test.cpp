#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/order_lock.hpp>
#include <paipa/runtime.hpp>

#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using paipa::detail::order_lock;
using paipa::detail::taken;

/// An edge in front of an ordered step, with three items.
class order_of_an_edge : public testing::Test {
protected:
    order_of_an_edge() {
        queue.edge.start_bounds();
        queue.edge.set_window(4);
        queue.put({1, 2, 3});
    }

    number_edge queue{paipa::default_runtime(), 16};
};

TEST_F(order_of_an_edge, tells_an_ordered_step_what_has_not_left) {
    number_reader reader(queue.edge);
    reader.look(3);
    EXPECT_EQ(order_lock(queue.edge).head(), 0U);
    EXPECT_EQ(order_lock(queue.edge).unfinished(), 3U);
    order_lock(queue.edge).leave(2);
    EXPECT_EQ(order_lock(queue.edge).head(), 2U);
    EXPECT_EQ(order_lock(queue.edge).unfinished(), 1U);
    order_lock(queue.edge).give_up(1);
    EXPECT_EQ(order_lock(queue.edge).head(), 2U);
    EXPECT_EQ(order_lock(queue.edge).unfinished(), 0U);
}

TEST_F(order_of_an_edge, knows_whether_somebody_hands_on) {
    EXPECT_FALSE(order_lock(queue.edge).is_somebodys_turn());
    order_lock(queue.edge).set_somebodys_turn(true);
    EXPECT_TRUE(order_lock(queue.edge).is_somebodys_turn());
    order_lock(queue.edge).set_somebodys_turn(false);
    EXPECT_FALSE(order_lock(queue.edge).is_somebodys_turn());
}

TEST_F(order_of_an_edge, makes_room_in_the_window_for_what_leaves) {
    queue.edge.set_window(2);
    number_reader reader(queue.edge);
    EXPECT_EQ(reader.look(3), taken::items);
    EXPECT_EQ(reader.finish(), (std::vector{1, 2}));
    EXPECT_EQ(reader.look(3), taken::nothing);
    order_lock(queue.edge).leave(1);
    EXPECT_EQ(reader.look(3), taken::items);
}

}  // namespace
