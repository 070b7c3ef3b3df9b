#include <paipa/detail/edge/inlets.hpp>

#include <gtest/gtest.h>

#include <any>
#include <cstddef>

namespace {

using paipa::detail::inlets;

/// Three ways into an edge.
class three_inlets : public testing::Test {
protected:
    three_inlets() {
        all.add();
        all.add();
    }

    void hold(std::size_t i, int n) {
        std::any entry = n;
        all.hold(i, entry);
    }

    /// The entry that passes; 0: none does.
    int pass() {
        std::any* const entry = all.pass();
        return entry == nullptr ? 0 : std::any_cast<int>(*entry);
    }

    inlets all;
};

TEST(inlets, are_one_from_the_start) {
    inlets all;
    EXPECT_FALSE(all.are_several());
    EXPECT_EQ(all.add(), 1U);
    EXPECT_TRUE(all.are_several());
}

TEST_F(three_inlets, are_held_until_an_entry_has_come_by_all) {
    hold(1, 7);
    EXPECT_TRUE(all.is_held(1));
    EXPECT_FALSE(all.is_held(0));
    EXPECT_EQ(pass(), 0);
    hold(0, 7);
    EXPECT_EQ(pass(), 0);
    EXPECT_TRUE(all.is_held(1));
    hold(2, 7);
    EXPECT_EQ(pass(), 7);
    EXPECT_FALSE(all.is_held(0) || all.is_held(1) || all.is_held(2));
    EXPECT_EQ(pass(), 0);
}

TEST_F(three_inlets, pass_on_the_entry_of_the_first_one) {
    hold(2, 3);
    hold(1, 2);
    hold(0, 1);
    EXPECT_EQ(pass(), 1);
}

TEST_F(three_inlets, wait_for_none_that_is_closed) {
    EXPECT_FALSE(all.close(0));
    hold(1, 7);
    EXPECT_EQ(pass(), 0);
    EXPECT_FALSE(all.close(2));
    EXPECT_EQ(pass(), 7);
    EXPECT_EQ(pass(), 0);
    EXPECT_TRUE(all.close(1));
}

TEST_F(three_inlets, keep_the_entry_of_one_that_is_held_and_closed) {
    hold(0, 5);
    all.close(0);
    EXPECT_EQ(pass(), 0);
    hold(1, 5);
    hold(2, 5);
    EXPECT_EQ(pass(), 5);
}

TEST_F(three_inlets, pass_nothing_where_all_are_closed_and_no_entry_has_come) {
    for (const std::size_t i : {0U, 1U, 2U}) {
        all.close(i);
    }
    EXPECT_EQ(pass(), 0);
}

TEST_F(three_inlets, give_back_what_is_left_of_the_entry_before) {
    for (const std::size_t i : {0U, 1U, 2U}) {
        hold(i, 1);
    }
    EXPECT_EQ(pass(), 1);
    std::any entry = 2;
    all.hold(1, entry);
    EXPECT_EQ(std::any_cast<int>(entry), 1);
}

}  // namespace
