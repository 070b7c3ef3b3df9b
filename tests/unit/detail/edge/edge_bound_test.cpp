#include <paipa/detail/edge/edge_bound.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace {

using paipa::detail::edge_bound;

edge_bound bound_that(edge_bound::rule follows, std::size_t capacity) {
    edge_bound bound(capacity);
    bound.follow(follows);
    return bound;
}

/// The bound after each of some batches, which one reader works through at this speed.
std::vector<std::size_t> after(std::size_t batches, edge_bound& bound, double per_millisecond) {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < batches; ++i) {
        bound.measure(1, per_millisecond, 1);
        all.push_back(bound.now());
    }
    return all;
}

using bounds = std::vector<std::size_t>;

TEST(edge_bound, is_a_declared_capacity_whatever_the_readers_do) {
    edge_bound bound(40);
    EXPECT_EQ(after(2, bound, 0), (bounds{40, 40}));
    EXPECT_EQ(after(2, bound, 1e6), (bounds{40, 40}));
    EXPECT_EQ(bound.capacity(), 40U);
}

TEST(edge_bound, begins_small_and_at_most_doubles_from_batch_to_batch) {
    edge_bound bound = bound_that(edge_bound::rule::readers_speed, 1000);
    EXPECT_EQ(bound.now(), edge_bound::least);
    EXPECT_EQ(after(4, bound, 200), (bounds{32, 64, 128, 200}));
}

TEST(edge_bound, falls_at_once_when_the_readers_are_slow) {
    edge_bound bound = bound_that(edge_bound::rule::readers_speed, 1000);
    after(10, bound, 500);
    EXPECT_EQ(bound.now(), 500U);
    EXPECT_EQ(after(2, bound, 100), (bounds{100, 100}));
    EXPECT_EQ(after(1, bound, 0), (bounds{edge_bound::least}));
}

TEST(edge_bound, never_exceeds_the_capacity) {
    edge_bound bound = bound_that(edge_bound::rule::readers_speed, 100);
    EXPECT_EQ(after(4, bound, 1e300), (bounds{32, 64, 100, 100}));
    EXPECT_EQ(bound.capacity(), 100U);
    EXPECT_EQ(bound_that(edge_bound::rule::readers_speed, 3).now(), 3U);
}

TEST(edge_bound, grows_with_the_number_of_readers) {
    edge_bound bound = bound_that(edge_bound::rule::readers_speed, 1000);
    bound.measure(20, 0, 1);
    EXPECT_EQ(bound.now(), 20 * edge_bound::least_per_reader);
    bound.measure(20, 3, 1);
    EXPECT_EQ(bound.now(), 60U);
}

TEST(edge_bound, holds_what_the_readers_take_at_once) {
    edge_bound bound = bound_that(edge_bound::rule::readers_batches, 1000);
    EXPECT_EQ(bound.now(), 1U);
    bounds all;
    for (int i = 0; i < 3; ++i) {
        bound.measure(2, 1e6, 3);
        all.push_back(bound.now());
    }
    EXPECT_EQ(all, (bounds{2, 4, 6}));
}

TEST(edge_bound, leaves_other_readers_three_quarters) {
    EXPECT_EQ(edge_bound(40).share(), 10U);
    EXPECT_EQ(edge_bound(1).share(), 1U);
    EXPECT_EQ(bound_that(edge_bound::rule::readers_speed, 1000).share(), edge_bound::least / 4);
}

TEST(edge_bound, lets_one_reader_take_all_where_it_holds_one_batch) {
    edge_bound bound = bound_that(edge_bound::rule::readers_batches, 1000);
    bound.measure(8, 0, 1);
    EXPECT_EQ(bound.share(), 8U);
}

TEST(edge_bound, is_the_capacity_again_when_it_follows_nobody) {
    edge_bound bound = bound_that(edge_bound::rule::readers_speed, 1000);
    bound.follow(edge_bound::rule::declared);
    EXPECT_EQ(bound.now(), 1000U);
}

}  // namespace
