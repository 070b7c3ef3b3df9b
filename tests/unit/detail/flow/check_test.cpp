#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/generator.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using paipa::generator;
using paipa::detail::holds_at;
using paipa::detail::narrows;

TEST(holds_at, asks_only_the_assertion_for_the_place) {
    static_assert(holds_at(2, 2, true));
    static_assert(!holds_at(2, 2, false));
    static_assert(holds_at(2, 3, false));
}

enum number : int { one };
enum class scoped_number : int { one };

TEST(narrows, holds_for_conversions_that_a_braced_list_refuses) {
    static_assert(narrows<long, int>);
    static_assert(narrows<int, unsigned>);
    static_assert(narrows<double, int>);
    static_assert(narrows<double, float>);
    static_assert(narrows<int, bool>);
    static_assert(narrows<int*, bool>);
    static_assert(narrows<number, char>);
}

TEST(narrows, does_not_hold_for_conversions_that_keep_the_value_or_make_a_floating_number) {
    static_assert(!narrows<int, int>);
    static_assert(!narrows<int, long>);
    static_assert(!narrows<float, double>);
    static_assert(!narrows<long, float>);  // a step may ask for it
    static_assert(!narrows<number, int>);
    static_assert(!narrows<int*, const int*>);
}

TEST(narrows, says_nothing_of_classes_and_of_what_does_not_convert) {
    static_assert(!narrows<int, std::string>);
    static_assert(!narrows<std::string, int>);
    static_assert(!narrows<scoped_number, int>);
    static_assert(!narrows<int, int*>);
}

// A check that fails does not compile; tests/compile_fail has those.
TEST(check, lets_items_pass_whose_destructor_does_not_throw) {
    static_assert(paipa::detail::check_item<1, std::string>());
    static_assert(paipa::detail::check_item<1, void>());
    static_assert(paipa::detail::check_returned<1, void>());
    static_assert(paipa::detail::check_returned<1, std::unique_ptr<int>>());
}

TEST(check, lets_a_class_take_what_converts_to_its_parameter) {
    static_assert(paipa::detail::check_class_item<1, int, int, int>());
    static_assert(paipa::detail::check_class_item<1, const char*, std::string, std::string>());
    static_assert(paipa::detail::check_class_item<1, short, int, const int&>());
}

TEST(check, lets_functions_take_items_by_value_by_rvalue_and_by_constant_reference) {
    using paipa::detail::check_parameter;
    static_assert(check_parameter<1, void (*)(std::string), std::string>());
    static_assert(check_parameter<1, void (*)(std::string&&), std::string>());
    static_assert(check_parameter<1, void (*)(const std::string&), std::string>());
    const auto any = [](auto&) {};
    static_assert(check_parameter<1, decltype(any), int>());  // it takes a constant item, too
}

TEST(check, lets_coroutines_take_the_item_itself_by_reference) {
    using paipa::detail::check_item_outlives_call;
    using coroutine = generator<int> (*)(const std::string&);
    static_assert(check_item_outlives_call<1, coroutine, std::string, generator<int>>());
    // What the item is converted to outlives a call that makes no coroutine.
    using function = int (*)(const std::string&);
    static_assert(check_item_outlives_call<1, function, const char*, int>());
}

TEST(check, lets_an_iter_step_take_its_range_by_reference_if_it_is_no_coroutine) {
    using paipa::detail::check_no_dangling;
    using by_value = generator<int> (*)(generator<int>);
    static_assert(check_no_dangling<1, by_value, generator<int>>());
    using by_reference = std::vector<int> (*)(generator<int>&&);
    static_assert(check_no_dangling<1, by_reference, std::vector<int>>());
}

}  // namespace
