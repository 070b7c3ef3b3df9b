#include <paipa/detail/lazy/stable_value.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

using paipa::detail::rides_along;
using paipa::detail::stable_value;

template <class T>
class stable_value_of : public each_item<T> {};

TYPED_TEST_SUITE(stable_value_of, item_kinds);

TYPED_TEST(stable_value_of, keeps_the_value_that_was_put_last) {
    stable_value<TypeParam> value;
    value.put(item_of<TypeParam>(1));
    EXPECT_EQ(number_of(value.get()), 1);
    value.put(item_of<TypeParam>(2));
    EXPECT_EQ(number_of(value.get()), 2);
}

TYPED_TEST(stable_value_of, keeps_its_value_when_it_is_moved) {
    stable_value<TypeParam> value;
    value.put(item_of<TypeParam>(1));
    const stable_value<TypeParam>* const old = &value;
    const TypeParam* const address = &value.get();
    stable_value<TypeParam> moved(std::move(value));
    EXPECT_NE(&moved, old);
    EXPECT_EQ(number_of(moved.get()), 1);
    if constexpr (!rides_along<TypeParam>) {
        EXPECT_EQ(&moved.get(), address);
    }
}

TEST(stable_value, ends_a_value_that_is_replaced_or_dropped) {
    tokens() = {};
    stable_value<token> value;
    value.drop();
    value.put(token(1));
    value.put(token(2));
    EXPECT_EQ(tokens().living.size(), 1U);
    value.drop();
    EXPECT_EQ(tokens().living.size(), 0U);
    value.put(token(3));
    EXPECT_EQ(value.get().number, 3);
    EXPECT_EQ(tokens().faults, 0U);
}

struct refusing {
    explicit refusing(int n) : number(n) {
        if (n < 0) {
            throw std::invalid_argument("negative");
        }
    }

    int number;
    std::string text;
};

TEST(stable_value, can_be_put_again_after_a_constructor_has_thrown) {
    stable_value<refusing> value;
    EXPECT_THROW(value.put(-1), std::invalid_argument);
    value.put(1);
    EXPECT_THROW(value.put(-2), std::invalid_argument);
    value.put(2);
    EXPECT_EQ(value.get().number, 2);
}

TEST(stable_value, moves_only_small_values_into_which_nobody_points) {
    struct two_numbers {
        void* a;
        void* b;
    };

    struct three_numbers {
        void* a;
        void* b;
        void* c;
    };

    static_assert(rides_along<int> && rides_along<two_numbers>);
    static_assert(!rides_along<three_numbers>);
    static_assert(!rides_along<std::string>);
    static_assert(!rides_along<std::string_view>);  // a range: somebody may hold its iterators
}

}  // namespace
