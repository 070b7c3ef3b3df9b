#include <paipa/abstract_step.hpp>
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/fused_def.hpp>
#include <paipa/detail/flow/stage_builder.hpp>
#include <paipa/detail/flow/step_definition.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/flow/stock.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/steps/take.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>

namespace {

using paipa::detail::stage_builder;
using paipa::detail::step_definition;
using paipa::detail::step_definition_for;
using paipa::detail::step_head;

struct halving : paipa::abstract_step<int, int> {
    int process(int x) override { return x / 2; }
};

using function = int (*)(int);

template <class Def>
constexpr bool defines_a_step_for_numbers =
    step_definition<Def> && step_definition_for<Def, int, 1>;

TEST(step_definition, holds_for_all_kinds_of_definitions) {
    static_assert(defines_a_step_for_numbers<paipa::detail::function_def<function>>);
    static_assert(defines_a_step_for_numbers<paipa::detail::class_def<halving>>);
    static_assert(defines_a_step_for_numbers<paipa::detail::fused_def<function, function>>);
    static_assert(defines_a_step_for_numbers<paipa::detail::map_def<function>>);
    static_assert(defines_a_step_for_numbers<paipa::detail::take_def>);
    static_assert(defines_a_step_for_numbers<paipa::detail::stock_def<paipa::detail::chunk_stock>>);
    static_assert(
        defines_a_step_for_numbers<paipa::detail::named<paipa::detail::map_def<function>>>);
    static_assert(!step_definition<int>);
    static_assert(!step_definition<function>);
}

/// What every definition must have, but for what depends on the item.
struct plain {
    using declared = int;
    static constexpr bool keeps_items = true;

    step_head head;
};

struct without_declared {
    [[maybe_unused]] static constexpr bool keeps_items = true;

    step_head head;
};

struct without_keeps_items {
    using declared = int;

    step_head head;
};

struct with_another_head {
    using declared = int;
    static constexpr bool keeps_items = true;

    std::string head;
};

struct uncopied : plain {
    std::unique_ptr<int> own;
};

TEST(step_definition, wants_what_a_flow_asks_for) {
    static_assert(step_definition<plain>);
    static_assert(!step_definition<without_declared>);
    static_assert(!step_definition<without_keeps_items>);
    static_assert(!step_definition<with_another_head>);
    static_assert(!step_definition<uncopied>);
}

template <class Def>
struct with_output : Def {
    template <class T>
    using output = T;
};

template <class Def>
struct with_check : Def {
    template <std::size_t, class>
    static consteval bool check() {
        return true;
    }
};

template <class Def, class Made>
struct with_build : Def {
    template <class T>
    Made build(stage_builder&, const stage_builder::place&) const;
};

TEST(step_definition, wants_what_a_run_asks_for) {
    static_assert(step_definition_for<with_build<with_check<with_output<plain>>, void>, int, 1>);
    static_assert(!step_definition_for<with_build<with_output<plain>, void>, int, 1>);
    static_assert(!step_definition_for<with_build<with_check<plain>, void>, int, 1>);
    static_assert(!step_definition_for<with_check<with_output<plain>>, int, 1>);
    static_assert(!step_definition_for<with_build<with_check<with_output<plain>>, int>, int, 1>);
}

}  // namespace
