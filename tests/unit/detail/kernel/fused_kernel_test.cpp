#include <paipa/context.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/context_kernel.hpp>
#include <paipa/detail/kernel/fused_kernel.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/generator.hpp>

#include "one_worker.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using paipa::context;
using paipa::generator;
using paipa::detail::function_kernel;
using paipa::detail::fused_kernel;
using paipa::detail::outcome;
using paipa::detail::outputs_to;
using paipa::detail::process_item;

TEST(outputs_to, hands_each_output_on_and_ends_with_the_outputs_of_all) {
    std::vector<int> got;
    const sink<int> one{.most = 1};
    const sink<int> none{.most = 0};
    const outputs_to to([&got](int x) { got.push_back(x); }, one);
    to(1);
    to(2);
    EXPECT_EQ(got, (std::vector<int>{1, 2}));
    EXPECT_FALSE(to.is_over());
    EXPECT_TRUE(outputs_to([](int) {}, none).is_over());
}

/// Two outputs; behind them an odd item fails.
generator<int> two_of(int x) {
    co_yield x;
    co_yield x + 1;
    if (x % 2 != 0) {
        throw std::runtime_error("odd");
    }
}

using function = generator<int> (*)(int);

/// What leaves of an item that goes through `two_of`.
std::vector<int> left_of(int item, bool hold) {
    one_worker worker;
    function_kernel<function, int> kernel{function{two_of}};
    sink<int> out;
    try {
        EXPECT_EQ(process_item(kernel, worker.core, item, false, hold, out), outcome::finished);
    } catch (const std::runtime_error&) {
        EXPECT_EQ(item % 2, 1);
    }
    return out.all;
}

TEST(process_item, holds_the_outputs_until_the_item_has_succeeded) {
    EXPECT_EQ(left_of(4, true), (std::vector<int>{4, 5}));
    EXPECT_EQ(left_of(5, true), std::vector<int>{});
}

TEST(process_item, lets_outputs_go_at_once_where_nobody_holds_them) {
    EXPECT_EQ(left_of(4, false), (std::vector<int>{4, 5}));
    EXPECT_EQ(left_of(5, false), (std::vector<int>{5, 6}));
}

TEST(process_item, ends_a_generator_whose_held_outputs_nobody_wants) {
    one_worker worker;
    function_kernel<function, int> kernel{function{two_of}};
    sink<int> over{.most = 0};
    int item = 4;
    EXPECT_EQ(process_item(kernel, worker.core, item, false, true, over), outcome::abandoned);
    EXPECT_EQ(over.all, std::vector<int>{4});  // the one that was made before anybody asked
}

using plain = int (*)(int);
using texting = std::string (*)(int);
using consuming = std::unique_ptr<int> (*)(std::unique_ptr<int>);
using boxing = std::unique_ptr<int> (*)(int);

TEST(fused_kernel, takes_what_the_first_step_takes_and_gives_what_the_last_one_returns) {
    using kernel = fused_kernel<int, plain, texting>;
    static_assert(std::is_same_v<kernel::input, int>);
    static_assert(std::is_same_v<kernel::output, std::string>);
    static_assert(!kernel::many_outputs);
    static_assert(fused_kernel<int, plain, function>::many_outputs);
    static_assert(fused_kernel<int, function, plain>::many_outputs);
}

TEST(fused_kernel, knows_which_steps_behind_the_first_one_can_keep_their_items) {
    static_assert(fused_kernel<int, plain, plain>::parts_keep == std::array{true});
    static_assert(fused_kernel<int, boxing, consuming>::parts_keep == std::array{false});
    static_assert(fused_kernel<int, plain, boxing, consuming>::parts_keep ==
                  std::array{true, false});
    static_assert(fused_kernel<int, boxing, consuming>::can_keep);  // the first one's
    static_assert(!fused_kernel<std::unique_ptr<int>, consuming, consuming>::can_keep);
}

TEST(fused_kernel, gives_items_back_where_the_first_step_has_a_context) {
    using with_a_context = int (*)(int, context&);
    using first = fused_kernel<int, with_a_context, plain>;
    using second = fused_kernel<int, plain, with_a_context>;
    static_assert(paipa::detail::has_context<first> && !paipa::detail::has_context<second>);
    static_assert(std::is_same_v<first::given_type, int>);
    static_assert(std::is_void_v<second::given_type>);
}

}  // namespace
