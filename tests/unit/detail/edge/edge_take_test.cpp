#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_take.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>

// `edge_test.cpp` and `edge_retries_test.cpp` tell what a take brings; it is the edge's to the
// world.

namespace {

using paipa::detail::edge_take;
using paipa::detail::taken;

class a_take : public testing::Test {
protected:
    taken look(std::size_t want) {
        in_.want = want;
        return edge_take(e_.edge, in_).take(times_, paipa::never, false);
    }

    number_edge e_{paipa::default_runtime(), 10};
    paipa::detail::inbox in_{paipa::detail::type_of<int>, false};
    paipa::detail::time_sheet times_;
};

TEST_F(a_take, brings_items_and_reports_those_that_are_done) {
    e_.edge.add_reader(in_);
    EXPECT_EQ(look(2), taken::nothing);
    e_.put({1, 2, 3});
    EXPECT_EQ(look(2), taken::items);
    EXPECT_EQ(e_.edge.unfinished(), 2U);
    while (in_.take_next()) {
        ++in_.done;
    }
    EXPECT_EQ(look(2), taken::items);
    EXPECT_EQ(e_.edge.unfinished(), 1U);
    EXPECT_EQ(in_.done, 0U);
    while (in_.take_next()) {
        ++in_.done;
    }
    e_.edge.close("test");
    EXPECT_EQ(look(2), taken::end);
    edge_take(e_.edge, in_).leave();
}

TEST_F(a_take, ends_with_a_leave_that_reports_the_rest) {
    e_.edge.add_reader(in_);
    e_.put({1});
    EXPECT_EQ(look(1), taken::items);
    EXPECT_TRUE(in_.take_next());
    ++in_.done;
    EXPECT_EQ(e_.edge.unfinished(), 1U);
    edge_take(e_.edge, in_).leave();
    EXPECT_EQ(e_.edge.unfinished(), 0U);
}

}  // namespace
