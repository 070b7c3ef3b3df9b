#ifndef PAIPA_DETAIL_FLOW_STEP_DEFINITION_HPP
#define PAIPA_DETAIL_FLOW_STEP_DEFINITION_HPP
#include <paipa/detail/flow/stage_builder.hpp>
#include <paipa/detail/flow/step_head.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace paipa::detail {

/// The definition of a step in a flow: an immutable value, which knows how to make the step for
/// each type of item. `declared` is the step's own item type, or `unknown`. `keeps_items`: the step
/// can give an item another try.
template <class Def>
concept step_definition = std::copy_constructible<Def> && requires(const Def& def) {
    typename Def::declared;
    typename std::bool_constant<Def::keeps_items>;
    { (def.head) } -> std::same_as<const step_head&>;
};

/// A definition that can make its step for items of type `T`, in the place `Place` of a flow, on
/// threads. `check` holds already when the rest is asked for. For a chain on the caller's thread
/// there is `make_inline(def, run, name, options, cursor)`, or it has `lazy(cursor)`, see
/// `is_loop_step`.
template <class Def, class T, std::size_t Place>
concept step_definition_for =
    step_definition<Def> &&
    requires(const Def& def, stage_builder& builder, const stage_builder::place& where) {
        typename std::type_identity<typename Def::template output<T>>;
        { Def::template check<Place, T>() } -> std::same_as<bool>;
        { def.template build<T>(builder, where) } -> std::same_as<void>;
    };

}  // namespace paipa::detail
#endif
