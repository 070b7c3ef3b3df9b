#include <paipa/detail/lazy/source_view.hpp>

#include <gtest/gtest.h>

#include <iterator>
#include <list>
#include <memory>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::detail::moved_view;
using paipa::detail::source_view;
using paipa::detail::source_view_t;

using texts = std::vector<std::string>;

TEST(source_view, refers_to_a_container_that_is_given_by_name) {
    texts all{"a", "b"};
    auto view = source_view(all);
    static_assert(std::is_same_v<decltype(view), std::ranges::ref_view<texts>>);
    EXPECT_EQ(&*view.begin(), &all.front());
    const texts& constant = all;
    static_assert(
        std::is_same_v<decltype(source_view(constant)), std::ranges::ref_view<const texts>>);
    EXPECT_EQ(&*source_view(constant).begin(), &all.front());
}

TEST(source_view, owns_a_container_that_is_given_away) {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(1));
    boxes.push_back(std::make_unique<int>(2));
    auto view = source_view(std::move(boxes));
    static_assert(std::ranges::view<decltype(view)>);
    std::vector<std::unique_ptr<int>> all;
    for (std::unique_ptr<int>&& box : view) {
        all.push_back(std::move(box));
    }
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(*all[1], 2);
}

TEST(source_view, copies_a_constant_container_that_is_given_away) {
    const texts all{"a text that is too long for the string itself"};
    auto view = source_view(std::move(all));  // NOLINT(performance-move-const-arg): the point
    static_assert(std::is_same_v<decltype(view), moved_view<texts>>);
    const std::string taken = *view.begin();
    EXPECT_EQ(taken, all.front());  // NOLINT(bugprone-use-after-move): a copy was made
}

TEST(source_view, passes_a_view_on_as_it_is) {
    const auto numbers = std::views::iota(1, 4);
    static_assert(
        std::is_same_v<source_view_t<decltype(numbers)&>, std::remove_const_t<decltype(numbers)>>);
    EXPECT_EQ(std::ranges::distance(source_view(numbers)), 3);
    texts all{"a"};
    EXPECT_EQ(&source_view(std::ranges::ref_view(all)).front(), &all.front());
}

/// A range whose end has another type than its iterators.
struct up_to_three {
    // NOLINTNEXTLINE(readability-convert-member-functions-to-static): a range calls members
    [[nodiscard]] auto begin() { return std::counted_iterator(items.begin(), 3); }

    // NOLINTNEXTLINE(readability-convert-member-functions-to-static)
    [[nodiscard]] std::default_sentinel_t end() const { return std::default_sentinel; }

    std::list<std::string> items{"a", "b", "c", "d"};
};

TEST(source_view, owns_a_range_whose_end_is_no_iterator) {
    static_assert(!std::ranges::common_range<up_to_three>);
    auto view = source_view(up_to_three());
    texts all;
    for (std::string&& text : view) {
        all.push_back(std::move(text));
    }
    EXPECT_EQ(all, (texts{"a", "b", "c"}));
}

}  // namespace
