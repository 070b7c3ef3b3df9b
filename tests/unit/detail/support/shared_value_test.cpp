#include <paipa/detail/support/shared_value.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace {

using paipa::detail::shared_value;

TEST(shared_value, is_one_object_for_all_copies) {
    const shared_value<int> first(7);
    const shared_value<int> copy = first;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(*copy, 7);
    EXPECT_EQ(&*copy, &*first);
    static_assert(std::is_same_v<decltype(*copy), const int&>);
}

TEST(shared_value, goes_to_where_it_is_moved) {
    shared_value<int> first(7);
    const int* const where = &*first;
    const shared_value<int> last(std::move(first));
    EXPECT_EQ(&*last, where);
}

TEST(shared_value, moves_a_value_in_that_cannot_be_copied) {
    const shared_value<std::unique_ptr<int>> value(std::make_unique<int>(7));
    EXPECT_EQ(**value, 7);
}

TEST(shared_value, lives_as_long_as_its_last_copy) {
    auto watched = std::make_shared<int>(7);
    std::optional<shared_value<std::shared_ptr<int>>> first(std::in_place, watched);
    std::optional copy = first;
    EXPECT_EQ(watched.use_count(), 2);
    first.reset();
    EXPECT_EQ(watched.use_count(), 2);
    copy.reset();
    EXPECT_EQ(watched.use_count(), 1);
}

}  // namespace
