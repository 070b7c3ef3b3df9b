#include <paipa/context.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/generator.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::context;
using paipa::generator;
using paipa::detail::as_item;
using paipa::detail::call_item;
using paipa::detail::converts_items;
using paipa::detail::declared_item;
using paipa::detail::element_t;
using paipa::detail::item_of_t;
using paipa::detail::keeps_item;
using paipa::detail::leaves_item_whole;
using paipa::detail::parameter_t;
using paipa::detail::refers_to_another;
using paipa::detail::unknown;

template <class Expected, class F>
constexpr bool takes = std::is_same_v<parameter_t<F>, Expected>;

template <class Expected, class F>
constexpr bool lambda_takes(const F& /*f*/) {
    return takes<Expected, F>;
}

struct called_as_lvalue {
    int operator()(long) & { return 1; }
};

struct called_as_constant_lvalue {
    int operator()(long) const& noexcept { return 1; }
};

struct person {
    std::string name;

    [[nodiscard]] std::size_t length() const { return name.size(); }

    std::string give() { return std::move(name); }
};

TEST(parameter, is_known_for_each_callable_with_one_signature) {
    static_assert(takes<int, void (*)(int)>);
    static_assert(takes<const int&, int (*)(const int&) noexcept>);
    static_assert(takes<int, int (*)(int, context&)>);
    static_assert(takes<long, called_as_lvalue>);
    static_assert(takes<long, called_as_constant_lvalue>);
    static_assert(lambda_takes<int&&>([](int&&) {}));
    static_assert(lambda_takes<int>([](int) mutable {}));
    static_assert(lambda_takes<int>([](int) noexcept {}));
    static_assert(lambda_takes<int>([](int) mutable noexcept {}));
    static_assert(lambda_takes<int>([](int, context&) {}));
}

TEST(parameter, is_unknown_for_other_callables) {
    static_assert(lambda_takes<unknown>([](auto) {}));
    static_assert(lambda_takes<unknown>([] {}));
    static_assert(lambda_takes<unknown>([](int, int) {}));
    static_assert(lambda_takes<unknown>([](int, context&, int) {}));
    static_assert(lambda_takes<unknown>([](int, context&, context&) {}));
    static_assert(takes<unknown, int>);
}

TEST(parameter, of_a_member_is_its_object_which_is_constant_where_that_is_enough) {
    static_assert(takes<const person&, decltype(&person::name)>);
    static_assert(takes<const person&, decltype(&person::length)>);
    static_assert(takes<person, decltype(&person::give)>);
    static_assert(std::is_same_v<declared_item<decltype(&person::length)>, person>);
}

TEST(item_of, is_what_reaches_the_next_step) {
    static_assert(std::is_same_v<item_of_t<int>, int>);
    static_assert(std::is_void_v<item_of_t<void>>);
    static_assert(std::is_same_v<item_of_t<std::optional<int>>, int>);
    static_assert(std::is_same_v<item_of_t<generator<const std::string&>>, std::string>);
    static_assert(std::is_same_v<item_of_t<std::vector<int>>, std::vector<int>>);
}

TEST(converts_items, asks_whether_a_generator_can_be_walked_as_another_type) {
    static_assert(converts_items<int, generator<long>>);
    static_assert(converts_items<const char*, generator<std::string>>);
    static_assert(!converts_items<std::string, generator<int>>);
    static_assert(!converts_items<int, generator<int&>>);  // an item is no variable
    static_assert(!converts_items<int, std::vector<int>>);
}

TEST(element, is_moved_from_a_container_that_nobody_else_has) {
    static_assert(std::is_same_v<element_t<std::vector<int>>, int&&>);
    static_assert(std::is_same_v<element_t<std::vector<int>&>, int&>);
    static_assert(std::is_same_v<element_t<const std::vector<int>&>, const int&>);
    static_assert(std::is_same_v<element_t<std::span<int>>, int&>);  // a view owns nothing
}

TEST(keeps_item, asks_whether_a_constant_item_is_enough) {
    static_assert(keeps_item<void (*)(const std::string&), std::string>);
    static_assert(keeps_item<void (*)(std::string), std::string>);  // a copy
    static_assert(!keeps_item<void (*)(std::string&&), std::string>);
    static_assert(!keeps_item<void (*)(std::unique_ptr<int>), std::unique_ptr<int>>);
}

struct base {
    int number;
};

struct derived : base {};

TEST(refers_to_another, asks_whether_a_parameter_refers_to_a_temporary_object) {
    static_assert(refers_to_another<const std::string&, const char*>);
    static_assert(!refers_to_another<std::string, const char*>);
    static_assert(!refers_to_another<const std::string&, std::string>);
    static_assert(!refers_to_another<const base&, derived>);
}

TEST(leaves_item_whole, asks_whether_a_call_that_may_consume_an_item_leaves_it) {
    static_assert(leaves_item_whole<const std::string&, std::string>);
    static_assert(!leaves_item_whole<std::string, std::string>);
    static_assert(!leaves_item_whole<std::string&&, std::string>);
    static_assert(leaves_item_whole<int, int>);
    static_assert(!leaves_item_whole<int&&, int>);
    static_assert(!leaves_item_whole<const std::vector<std::string>&, std::string>);
    static_assert(leaves_item_whole<const long&, int>);  // made of a copy of its bytes
}

TEST(as_item, passes_an_item_on_and_makes_one_of_anything_else) {
    std::string text = "text";
    EXPECT_EQ(&as_item<std::string>(text), &text);
    static_assert(std::is_same_v<decltype(as_item<std::string>(std::move(text))), std::string&&>);
    static_assert(std::is_same_v<decltype(as_item<std::string>("text")), std::string>);
    EXPECT_EQ(as_item<std::string>("other"), "other");
}

TEST(call_item, calls_functions_and_members) {
    const auto twice = [](int x) { return 2 * x; };
    EXPECT_EQ(call_item(twice, 4), 8);
    auto length = &person::length;
    EXPECT_EQ(call_item(length, person{"Ada"}), 3U);
}

}  // namespace
