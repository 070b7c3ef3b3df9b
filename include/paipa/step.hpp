#ifndef PAIPA_STEP_HPP
#define PAIPA_STEP_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/abstract_step.hpp>
#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/retry_check.hpp>
#include <paipa/detail/flow/step_definition.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/support/shared_value.hpp>
#include <paipa/flow.hpp>
#include <paipa/options.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>

namespace paipa {

namespace detail {

template <class T>
inline constexpr bool is_flow = false;

template <class... Defs>
inline constexpr bool is_flow<flow<Defs...>> = true;

template <class F>
concept plain_callable = !is_flow<F> && !std::is_base_of_v<class_step_tag, F>;

template <class F>
inline constexpr bool is_single_step = false;

template <step_definition Def>
inline constexpr bool is_single_step<flow<Def>> = places<Def> == 1;

/// The same step under another head.
template <class Def>
auto with_head(step_head head, const flow<Def>& one) {
    using kept = std::conditional_t<is_loop_step<Def>, named<Def>, Def>;
    return flow_access::make(kept(std::move(head), std::get<0>(flow_access::defs(one))));
}

/// The parameter of what `step` is given. That of a stock step is left open here.
template <class F>
struct given_parameter : parameter_of<F> {};

template <class... Defs>
struct given_parameter<flow<Defs...>> {
    using type = unknown;
};

template <class F>
using given_options = options_for<typename given_parameter<F>::type>;

/// Options that are written in braces, or a variable of type `step_options`.
template <class Options, class Wanted>
concept options_like = std::same_as<Options, Wanted> || std::same_as<Options, step_options>;

}  // namespace detail

/// A step that calls `f` for each item; each worker owns a copy of `f`.
///
/// Shape:   `Out f(In)` passes on; `std::optional<Out> f(In)` skips at nullopt (so does throwing
///          `skip_entry`); `generator<Out> f(In)` makes many of one; `void f(In)` ends the line.
///          `In` by value, by rvalue or by const reference. A stock step gets a name and options:
///          `step("chunk", chunk(10), {.threads = 2})`.
/// Errors:  `config_error` at once for options that cannot work. If a field in braces is misspelt,
///          compilers only say that no function matches; with `paipa::step_options{...}` they name
///          the field.
/// Cost:    no allocation, virtual call or clock reading per item, if the item owns no memory.
template <class F, class Options = detail::given_options<F>>
    requires((detail::plain_callable<F> || detail::is_single_step<F>) &&
             detail::options_like<Options, detail::given_options<F>>)
[[nodiscard]] auto step(std::string name, F f, Options options = {}) {
    if constexpr (detail::is_single_step<F>) {
        return detail::with_head(
            {std::move(name), detail::as_step_options(std::move(options)), true}, f);
    } else if constexpr (detail::check_copyable<F>()) {
        return detail::flow_access::make(detail::function_def<F>(
            {std::move(name), detail::as_step_options(std::move(options)), true},
            detail::shared_value<F>(std::move(f))));
    } else {
        return flow<>();
    }
}

/// A class step: each worker makes its own `Step(arguments...)` when the run starts.
template <class Step, class Options = detail::options_for<detail::class_parameter<Step>>,
          class... Args>
    requires(std::is_class_v<Step> &&
             detail::options_like<Options, detail::options_for<detail::class_parameter<Step>>>)
[[nodiscard]] auto step(std::string name, Options options = {}, Args... args) {
    return detail::class_step<Step>(
        {std::move(name), detail::as_step_options(std::move(options)), true}, std::move(args)...);
}

/// A step that turns a range of items into a range of items, n to m: `generator<Out>
/// g(generator<In>)`, or any callable from an input range to one. Each worker runs its own call of
/// a copy of `g`. What reaches the step is an `In`, or converts to it without narrowing.
///
/// Shape:   returning before the input has ended ends the run normally: what is upstream is
///          abandoned, and counted.
/// Errors:  what it throws fails the run. There are no retries, because what a range has pulled
///          cannot be tried again; options with retries are a `config_error`.
/// Cost:    one resumption of a coroutine per item in, and one per item out.
template <class G>
    requires detail::plain_callable<G>
[[nodiscard]] auto iter_step(std::string name, G g, step_options options = {}) {
    if constexpr (detail::check_copyable<G>()) {
        return detail::flow_access::make(detail::iter_def<G>(
            {std::move(name), std::move(options), true}, detail::shared_value<G>(std::move(g))));
    } else {
        return flow<>();
    }
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
