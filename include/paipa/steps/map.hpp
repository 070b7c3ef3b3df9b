#ifndef PAIPA_STEPS_MAP_HPP
#define PAIPA_STEPS_MAP_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/call_with.hpp>
#include <paipa/detail/lazy/map_cursor.hpp>
#include <paipa/detail/support/shared_value.hpp>
#include <paipa/flow.hpp>
#include <paipa/steps/flat_map.hpp>

#include <utility>

namespace paipa {

namespace detail {

template <class F>
struct map_def : function_def<F> {
    using function_def<F>::function_def;
    static constexpr bool is_loop_step = true;

    template <class Base>
    auto lazy(Base base) const {
        constexpr bool needs_worker = wants_context<F, typename Base::value>;
        static_assert(!needs_worker,
                      "paipa: in combine a map takes no context, as a loop without books has no "
                      "worker; give it a name: paipa::step(name, f)");
        if constexpr (needs_worker) {
            return base;  // one error is enough
        } else if constexpr (is_generator<call_result<F, typename Base::reference>>) {
            return flat_map_stock<F>{*this->f}.lazy(std::move(base));
        } else {
            return map_cursor<Base, F>(std::move(base), *this->f);
        }
    }
};

}  // namespace detail

/// An unnamed function step: what `f` returns passes on, with all forms of `step("name", f)`.
///
/// Shape:  one item makes one, none or many, as `f` says; each worker owns a copy of `f`.
/// Errors: what `f` throws is a failed attempt, `skip_entry` skips.
/// Cost:   on threads that of any function step; in `combine` it compiles into the loop, without
///         books.
template <class F>
[[nodiscard]] auto map(F f) {
    if constexpr (detail::check_copyable<F>()) {
        return detail::flow_access::make(
            detail::map_def<F>(detail::step_head("map"), detail::shared_value<F>(std::move(f))));
    } else {
        return flow<>();
    }
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
