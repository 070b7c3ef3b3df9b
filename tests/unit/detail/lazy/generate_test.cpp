#include <paipa/detail/lazy/generate.hpp>
#include <paipa/generator.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::generator;
using paipa::detail::generate;

template <class T>
std::vector<T> items_of(generator<T> items) {
    std::vector<T> all;
    for (auto&& item : items) {
        all.push_back(std::forward<decltype(item)>(item));
    }
    return all;
}

TEST(generate, yields_the_items_of_a_cursor) {
    EXPECT_EQ(
        items_of(generate<generator<std::string>>(cursor_over(std::vector<std::string>{"a", "b"}))),
        (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(items_of(generate<generator<int>>(cursor_over(std::vector<int>{}))).empty());
}

TEST(generate, hands_over_items_that_cannot_be_copied) {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(7));
    const auto all =
        items_of(generate<generator<std::unique_ptr<int>>>(cursor_over(std::move(boxes))));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(*all[0], 7);
}

struct parcel {
    explicit parcel(std::string s) : text(std::move(s)) {}

    std::string text;
};

TEST(generate, constructs_items_to_which_nothing_converts) {
    const auto all =
        items_of(generate<generator<parcel>>(cursor_over(std::vector<std::string>{"a", "b"})));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].text, "a");
    EXPECT_EQ(all[1].text, "b");
}

TEST(generate, pulls_an_item_when_the_generator_runs_to_it) {
    int pulls = 0;
    auto items = generate<generator<int>>(counted_cursor(9, &pulls));
    EXPECT_EQ(pulls, 0);
    auto i = items.begin();
    EXPECT_EQ(*i, 1);
    ++i;
    EXPECT_EQ(*i, 2);
    EXPECT_EQ(pulls, 2);
}

TEST(generate, lets_an_exception_of_the_cursor_out) {
    int pulls = 0;
    auto items = generate<generator<int>>(counted_cursor(9, &pulls, 2));
    auto i = items.begin();
    EXPECT_EQ(*i, 1);
    EXPECT_THROW(++i, std::runtime_error);
    EXPECT_TRUE(i == items.end());
}

}  // namespace
