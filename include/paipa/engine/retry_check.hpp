#ifndef PAIPA_ENGINE_RETRY_CHECK_HPP
#define PAIPA_ENGINE_RETRY_CHECK_HPP
#include <paipa/engine/traits.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>

namespace paipa::engine {

/// Stands for `retry_policy::attempts` where a retry is impossible: any number is a compile error.
struct no_attempts {
    no_attempts() = default;

    template <class N>
    constexpr no_attempts(N /*attempts*/) {
        static_assert(std::is_void_v<N>,
                      "paipa: this step consumes a move-only item, so a failed try cannot be "
                      "repeated; take the item by const reference, or leave out the retry");
    }
};

struct no_retry {
    no_attempts attempts{};
    duration delay = {};
    duration max_delay = {};
    double factor = 2.0;
    bool jitter = false;
};

/// `step_options` for a step that takes a move-only item by value.
struct consuming_options {
    std::size_t threads = 1;
    std::size_t capacity = default_capacity;
    no_retry retry{};
    std::optional<failure_action> on_failure{};
    bool ordered = false;
    duration idle_interval = std::chrono::seconds{1};
    paipa::outputs outputs = paipa::outputs::hold;

    operator step_options() const {
        return {.threads = threads,
                .capacity = capacity,
                .on_failure = on_failure,
                .ordered = ordered,
                .idle_interval = idle_interval,
                .outputs = outputs};
    }
};

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

}  // namespace paipa::engine
#endif
