#ifndef PAIPA_FUSE_HPP
#define PAIPA_FUSE_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/fused_def.hpp>
#include <paipa/flow.hpp>

#include <tuple>

namespace paipa {

namespace detail {

template <class Def>
inline constexpr bool is_function_step = false;

template <class F>
inline constexpr bool is_function_step<function_def<F>> = true;

template <class Flow>
inline constexpr bool has_function_steps = false;

template <class... Defs>
inline constexpr bool has_function_steps<flow<Defs...>> = (is_function_step<Defs> && ...);

}  // namespace detail

/// Function steps that run on one worker, without edges between them: each item goes through all of
/// them at once. Use it for steps that take less time than a hand-over, which takes some ten
/// nanoseconds.
///
/// Shape:   steps made with `paipa::step(name, function)`, or flows of such steps. Each keeps its
///          name, its books, its failure action and its dead letters. The worker's time is booked
///          on the first step. In `combine` they are steps like others.
/// Threads: threads, capacity, retries and order are the first step's.
/// Errors:  `config_error` if another step has options that need an edge in front of it, which are
///          `capacity`, `retry`, `item_timeout`, `ordered` (unless the first step has it, too) and
///          other `threads`. The pipeline's retries do not apply to the other steps.
/// Cost:    about 1 ns per item and step (bench/hand_over.cpp).
/// Example: `paipa::fuse(paipa::step("parse", parse), paipa::step("check", check)) | store`
template <class... Flows>
[[nodiscard]] auto fuse(const Flows&... steps) {
    constexpr bool functions = sizeof...(Flows) > 0 && (detail::has_function_steps<Flows> && ...);
    static_assert(functions, "paipa: fuse takes function steps: paipa::step(name, function)");
    if constexpr (functions) {
        return std::apply(
            []<class... F>(const detail::function_def<F>&... defs) {
                if constexpr (sizeof...(F) == 1) {
                    return detail::flow_access::make(defs...);
                } else {
                    return detail::flow_access::make(detail::fused_def<F...>(defs...));
                }
            },
            std::tuple_cat(detail::flow_access::defs(steps)...));
    } else {
        return flow<>();  // one error is enough
    }
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
