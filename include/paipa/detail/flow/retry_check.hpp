#ifndef PAIPA_DETAIL_FLOW_RETRY_CHECK_HPP
#define PAIPA_DETAIL_FLOW_RETRY_CHECK_HPP
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/options.hpp>

#include <type_traits>

namespace paipa::detail {

/// Stands for `retry_policy::attempts` where a retry is impossible: any number is a compile error.
struct no_attempts {
    constexpr no_attempts(one_attempt /*default*/) {}

    constexpr no_attempts(inherited_attempts /*default*/) {}

    template <class N>
    constexpr no_attempts(N /*attempts*/) {
        static_assert(std::is_void_v<N>,
                      "paipa: this step consumes a move-only item, so a failed try cannot be "
                      "repeated; take the item by const reference, or leave out the retry");
    }
};

/// For a step that takes a move-only item by value.
using consuming_options = basic_step_options<basic_retry_policy<no_attempts>>;

inline step_options as_step_options(step_options o) noexcept {
    return o;
}

/// The pipeline's retries are for the step, too, which `check_can_keep` then refuses.
inline step_options as_step_options(const consuming_options& o) {
    return {.threads = o.threads,
            .capacity = o.capacity,
            .retry = {.attempts = 0, .on = o.retry.on, .budget = o.retry.budget},
            .on_failure = o.on_failure,
            .ordered = o.ordered,
            .idle_interval = o.idle_interval,
            .outputs = o.outputs,
            .item_timeout = o.item_timeout};
}

template <class Parameter>
inline constexpr bool consumes_item =
    !std::is_same_v<Parameter, unknown> && !std::is_lvalue_reference_v<Parameter> &&
    !std::is_copy_constructible_v<std::remove_cvref_t<Parameter>>;

/// What may be written in braces as the options of a step with this parameter.
template <class Parameter>
using options_for = std::conditional_t<consumes_item<Parameter>, consuming_options, step_options>;

template <class S>
struct parameter_of_class {
    using type = unknown;
};

template <class S>
    requires requires { typename S::parameter; }
struct parameter_of_class<S> {
    using type = typename S::parameter;
};

template <class S>
using class_parameter = typename parameter_of_class<S>::type;

}  // namespace paipa::detail
#endif
