#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/flow/stock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/error.hpp>
#include <paipa/flow.hpp>
#include <paipa/steps/chunk.hpp>

#include "../kernel/one_worker.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::detail::chunk_stock;
using paipa::detail::outcome;
using paipa::detail::step_head;
using paipa::detail::stock_def;
using paipa::detail::stock_flow;
using paipa::detail::unknown;

/// Multiplies numbers; in a chain it only says by what.
struct multiply {
    static constexpr bool is_loop_step = true;

    template <class Base>
    auto lazy(Base base) const {
        return std::pair(base, factor);
    }

    template <class T>
    struct kernel {
        using input = T;
        using output = long;
        static constexpr bool many_outputs = false;
        static constexpr bool can_keep = true;

        explicit kernel(const multiply& m) : factor(m.factor) {}

        template <class E>
        outcome process(T& item, bool /*keep*/, E& out) {
            out(factor * item);
            return outcome::finished;
        }

        long factor;
    };

    template <std::size_t Place, class>
    static consteval bool check() {
        return Place == 1;
    }

    long factor;
};

struct multiply_int : multiply {
    using declared = int;
};

TEST(stock_def, takes_any_item_unless_its_stock_declares_one) {
    static_assert(std::is_same_v<stock_def<multiply>::declared, unknown>);
    static_assert(std::is_same_v<stock_def<multiply_int>::declared, int>);
}

TEST(stock_def, asks_its_stock_for_types_and_checks) {
    static_assert(std::is_same_v<stock_def<multiply>::output<int>, long>);
    static_assert(stock_def<multiply>::check<1, int>());
    static_assert(!stock_def<multiply>::check<2, int>());
    static_assert(paipa::detail::is_loop_step<stock_def<multiply>>);
    static_assert(!paipa::detail::is_loop_step<paipa::detail::named<stock_def<multiply>>>);
    static_assert(stock_def<chunk_stock>::keeps_back && !stock_def<multiply>::keeps_back);
}

TEST(stock_def, makes_each_worker_a_kernel_of_its_stock) {
    const stock_def<multiply> def(step_head("multiply"), multiply{3});
    auto kernel = def.kernel_maker<int>()();
    sink<long> out;
    int item = 5;
    EXPECT_EQ(kernel.process(item, false, out), outcome::finished);
    EXPECT_EQ(out.all, std::vector<long>{15});
}

TEST(stock_def, leaves_its_cursor_to_its_stock) {
    const stock_def<multiply> def(step_head("multiply"), multiply{3});
    EXPECT_EQ(def.lazy(8), std::pair(8, 3L));
}

TEST(stock_def, keeps_its_stock_under_another_name) {
    const stock_def<multiply> def(step_head("multiply"), multiply{3});
    const paipa::detail::named<stock_def<multiply>> other(step_head("other"), def);
    EXPECT_EQ(other.head.name, "other");
    EXPECT_EQ(other.stock.factor, 3);
}

TEST(stock_def, refuses_options_that_it_has_no_use_for) {
    const step_head idle("a", {.idle_interval = 2s}, false);
    EXPECT_THROW(stock_def<multiply>(idle, multiply{1}), paipa::config_error);
    const step_head ordered("a", {.threads = 2, .ordered = true}, false);
    EXPECT_THROW(stock_def<chunk_stock>(ordered, chunk_stock{1}), paipa::config_error);
    EXPECT_NO_THROW(stock_def<multiply>(ordered, multiply{1}));
}

TEST(stock_flow, is_a_flow_of_one_step_that_nobody_has_named) {
    const auto f = stock_flow("multiply", multiply{2});
    const auto& [def] = paipa::detail::flow_access::defs(f);
    EXPECT_EQ(def.head.name, "multiply");
    EXPECT_FALSE(def.head.named);
    EXPECT_EQ(def.stock.factor, 2);
}

}  // namespace
