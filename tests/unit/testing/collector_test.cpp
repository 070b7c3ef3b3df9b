#include <paipa/testing/collector.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace {

TEST(collector, shares_one_list_among_copies) {
    const paipa::testing::collector<int> first;
    const auto second = first;
    first(2);
    second(1);
    EXPECT_EQ(first.items(), (std::vector<int>{2, 1}));
    EXPECT_EQ(second.sorted(), (std::vector<int>{1, 2}));
    EXPECT_EQ(first.size(), 2);
}

TEST(collector, gives_move_only_items_away) {
    const paipa::testing::collector<std::unique_ptr<int>> c;
    c(std::make_unique<int>(3));
    const auto all = c.take();
    ASSERT_EQ(all.size(), 1);
    EXPECT_EQ(*all[0], 3);
    EXPECT_EQ(c.size(), 0);
}

}  // namespace
