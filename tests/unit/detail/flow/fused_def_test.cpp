#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/fused_def.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/support/shared_value.hpp>
#include <paipa/error.hpp>
#include <paipa/flow.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using paipa::detail::function_def;
using paipa::detail::fused_def;
using paipa::detail::shared_value;
using paipa::detail::step_head;

using number = int (*)(int);
using texting = std::string (*)(int);

const number plus_one = [](int x) { return x + 1; };
const texting text_of = [](int x) { return std::to_string(x); };

template <class F>
function_def<F> one(const step_head& head, F f) {
    return function_def<F>(head, shared_value<F>(f));
}

using fused = fused_def<number, number, texting>;

fused of(const step_head& first, const step_head& second, const step_head& third) {
    return {one(first, plus_one), one(second, plus_one), one(third, text_of)};
}

TEST(fused_def, stands_for_all_of_its_steps) {
    static_assert(paipa::detail::places<fused> == 3);
    static_assert(std::is_same_v<fused::declared, int>);
    static_assert(std::is_same_v<fused::output<int>, std::string>);
    static_assert(fused::check<4, int>());
    const fused def = of(step_head("a"), step_head("b"), step_head("c"));
    std::vector<const step_head*> heads(3);
    paipa::detail::put_heads(heads.data(), def);
    std::string names;
    for (const step_head* head : heads) {
        names += head->name;
    }
    EXPECT_EQ(names, "abc");
}

TEST(fused_def, refuses_options_of_other_steps_that_need_an_edge) {
    const step_head wide("a", {.threads = 2, .capacity = 5}, false);
    const step_head plain("b");
    EXPECT_NO_THROW(of(wide, plain, plain));
    EXPECT_THROW(of(plain, step_head("b", {.capacity = 5}, false), plain), paipa::config_error);
    EXPECT_THROW(of(plain, plain, step_head("c", {.threads = 2}, false)), paipa::config_error);
}

TEST(fused_def, makes_one_kernel_of_all_functions) {
    const fused def = of(step_head("a"), step_head("b"), step_head("c"));
    auto kernel = def.kernel_maker<int>()();
    static_assert(std::is_same_v<decltype(kernel), fused::kernel<int>>);
    static_assert(std::is_same_v<decltype(kernel)::output, std::string>);
    static_assert(decltype(kernel)::parts_keep.size() == 2);
}

}  // namespace
