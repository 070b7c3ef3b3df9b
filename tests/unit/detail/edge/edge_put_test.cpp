#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/error.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

TEST(edge_put, takes_as_many_of_some_items_as_there_is_room_for) {
    number_edge to(paipa::default_runtime(), 2);
    EXPECT_EQ(to.put({1, 2, 3}), 3U);  // before the start everything is kept
    to.edge.start_bounds();
    EXPECT_EQ(to.put({4}), 0U);
    number_edge other(paipa::default_runtime(), 2);
    other.edge.start_bounds();
    EXPECT_EQ(other.put({1, 2, 3}), 2U);
    EXPECT_EQ(other.edge.figures().pushed, 2U);
}

TEST(edge_put, says_where_it_was_called_and_why_no_item_is_taken) {
    number_edge to(paipa::default_runtime(), 2);
    to.edge.close("the tap is shut");
    std::string text;
    try {
        to.put({1});
    } catch (const paipa::closed_error& e) {
        text = e.what();
    }
    EXPECT_EQ(text, "put: no more items are taken: the tap is shut");
}

/// An item whose move does something else first.
struct with_side_effect {
    explicit with_side_effect(std::function<void()> f) : effect(std::move(f)) {}

    // NOLINTNEXTLINE(performance-noexcept-move-constructor): that is the point
    with_side_effect(with_side_effect&& other) noexcept(false) : effect(other.effect) { effect(); }

    with_side_effect(const with_side_effect&) = delete;
    with_side_effect& operator=(const with_side_effect&) = delete;
    with_side_effect& operator=(with_side_effect&&) = delete;
    ~with_side_effect() = default;

    std::function<void()> effect;
};

class edge_of_boxes : public testing::Test {
protected:
    edge_of_boxes() { edge_.start_bounds(); }

    std::size_t put(const std::function<void()>& effect) {
        with_side_effect item(effect);
        return paipa::detail::edge_put(edge_, [] { return std::string("here"); })
            .put<with_side_effect>(&item, 1, paipa::time_point::min());
    }

    paipa::detail::edge edge_{paipa::default_runtime(), "a", "b", 1,
                              paipa::detail::type_of<with_side_effect>};
};

TEST_F(edge_of_boxes, makes_an_item_without_its_mutex_and_keeps_its_place) {
    std::size_t meanwhile = 7;
    EXPECT_EQ(put([&] { meanwhile = put([] {}); }), 1U);
    EXPECT_EQ(meanwhile, 0U);  // the only place is taken
    EXPECT_EQ(edge_.figures().pushed, 1U);
    edge_.give_up_queue();
    EXPECT_EQ(put([] {}), 1U);
}

TEST_F(edge_of_boxes, gives_the_place_of_an_item_back_that_cannot_be_made) {
    EXPECT_THROW(put([] { throw std::runtime_error("no"); }), std::runtime_error);
    EXPECT_EQ(edge_.figures().pushed, 0U);
    EXPECT_EQ(put([] {}), 1U);
}

TEST_F(edge_of_boxes, abandons_an_item_that_was_made_while_it_was_cancelled) {
    EXPECT_EQ(put([&] { edge_.cancel(""); }), 1U);
    EXPECT_EQ(edge_.figures().pushed, 1U);
    EXPECT_EQ(edge_.figures().abandoned, 1U);
    EXPECT_EQ(edge_.figures().queued, 0U);
}

TEST_F(edge_of_boxes, takes_an_item_that_was_begun_before_it_was_closed) {
    EXPECT_EQ(put([&] { edge_.close(""); }), 1U);
    EXPECT_EQ(edge_.figures().queued, 1U);
}

}  // namespace
