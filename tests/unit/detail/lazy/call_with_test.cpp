#include <paipa/detail/lazy/call_with.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace {

using paipa::detail::call_result;
using paipa::detail::call_with;
using paipa::detail::held_callable;

const std::string long_text = "a text that is too long for the string itself";

TEST(call_with, lets_a_callable_look_at_the_item_of_another) {
    const std::string text = long_text;
    const auto address = [](const std::string& s) { return &s; };
    EXPECT_EQ(call_with(address, text), &text);
}

TEST(call_with, copies_the_item_of_another_for_a_callable_that_consumes) {
    std::string text = long_text;
    const auto take = [](std::string&& s) { return std::string(std::move(s)); };
    EXPECT_EQ(call_with(take, text), long_text);
    EXPECT_EQ(text, long_text);
}

TEST(call_with, shows_the_item_of_another_as_a_constant) {
    struct asked {
        std::string operator()(std::string& /*item*/) { return "may change it"; }

        std::string operator()(const std::string& /*item*/) { return "may not change it"; }
    };

    asked f;
    std::string text;
    EXPECT_EQ(call_with(f, text), "may not change it");
}

TEST(call_with, lets_a_callable_consume_an_own_item) {
    std::string text = long_text;
    const auto take = [](std::string s) { return s; };
    EXPECT_EQ(call_with(take, std::move(text)), long_text);
    EXPECT_TRUE(text.empty());  // NOLINT(bugprone-use-after-move): that is the point
}

TEST(call_with, shows_an_own_item_to_a_callable_that_refuses_to_consume_it) {
    struct looking {
        const std::string* operator()(const std::string& s) const { return &s; }

        void operator()(std::string&&) const = delete;
    };

    const looking f;
    std::string text;
    EXPECT_EQ(call_with(f, std::move(text)), &text);
}

TEST(call_with, returns_what_the_callable_returns) {
    int n = 3;
    const auto itself = [&n](int) -> int& { return n; };
    static_assert(std::is_same_v<call_result<decltype(itself), int>, int&>);
    EXPECT_EQ(&call_with(itself, 1), &n);
}

TEST(held_callable, is_assigned_although_its_captures_are_constant) {
    const auto adder = [](int n) {
        return [n, box = std::make_unique<const int>(n)](int x) { return x + n + *box; };
    };
    held_callable one(adder(1));
    held_callable two(adder(2));
    one = std::move(two);
    EXPECT_EQ(one.get()(10), 14);
    auto& same = one;
    one = std::move(same);
    EXPECT_EQ(one.get()(10), 14);
}

TEST(held_callable, destroys_what_it_held_once) {
    tokens() = {};
    {
        const auto holding = [](int n) { return [t = token(n)] { return t.number; }; };
        held_callable one(holding(1));
        held_callable two(holding(2));
        one = std::move(two);
        EXPECT_EQ(one.get()(), 2);
        EXPECT_EQ(tokens().living.size(), 2U);
    }
    EXPECT_TRUE(tokens().living.empty());
    EXPECT_EQ(tokens().faults, 0U);
}

}  // namespace
