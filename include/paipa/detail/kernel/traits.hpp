#ifndef PAIPA_DETAIL_KERNEL_TRAITS_HPP
#define PAIPA_DETAIL_KERNEL_TRAITS_HPP
#include <paipa/generator.hpp>

#include <functional>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa {
class context;
}

namespace paipa::detail {

/// The parameter type of a callable that has exactly one signature, with one parameter, or a
/// context behind it; `unknown` for generic ones.
struct unknown {
    unknown() = default;

    /// A pipeline of it does not compile; that its `put` takes anything saves a second error.
    template <class T>
    // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): copies it as it takes anything else
    unknown(T&& /*item*/) noexcept {}
};

template <class... Rest>
inline constexpr bool at_most_context =
    sizeof...(Rest) <= 1 && (std::is_same_v<std::remove_cvref_t<Rest>, context> && ...);

template <class Signature>
struct item_parameter {
    using type = unknown;
};

template <class R, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (*)(A, C...)> {
    using type = A;
};

template <class R, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (*)(A, C...) noexcept> {
    using type = A;
};

template <class R, class O, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (O::*)(A, C...)> {
    using type = A;
};

template <class R, class O, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (O::*)(A, C...) const> {
    using type = A;
};

template <class R, class O, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (O::*)(A, C...) noexcept> {
    using type = A;
};

template <class R, class O, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (O::*)(A, C...) const noexcept> {
    using type = A;
};

template <class R, class O, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (O::*)(A, C...)&> {
    using type = A;
};

template <class R, class O, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (O::*)(A, C...) const&> {
    using type = A;
};

template <class R, class O, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (O::*)(A, C...) & noexcept> {
    using type = A;
};

template <class R, class O, class A, class... C>
    requires at_most_context<C...>
struct item_parameter<R (O::*)(A, C...) const & noexcept> {
    using type = A;
};

template <class F>
struct parameter_of : item_parameter<F> {};

/// A member is called with an object of its class: a constant one, where that is enough.
template <class M, class C>
struct parameter_of<M C::*> {
    using type = std::conditional_t<std::is_invocable_v<M C::*, const C&>, const C&, C>;
};

template <class F>
    requires requires { &F::operator(); }
struct parameter_of<F> : item_parameter<decltype(&F::operator())> {};

template <class F>
using parameter_t = typename parameter_of<F>::type;

/// The item type of a callable, without const and reference; `unknown` for generic ones.
template <class F>
using declared_item = std::remove_cvref_t<parameter_t<F>>;

template <class T>
inline constexpr bool is_optional = false;

template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_generator = false;

template <class R, class V, class A>
inline constexpr bool is_generator<generator<R, V, A>> = true;

/// A generator over which items of type `T` can be walked as what they convert to.
template <class T, class G>
inline constexpr bool converts_items = false;

template <class T, class R, class V, class A>
inline constexpr bool converts_items<T, generator<R, V, A>> =
    std::is_convertible_v<T, std::ranges::range_value_t<generator<R, V, A>>> &&
    std::is_convertible_v<std::ranges::range_value_t<generator<R, V, A>>,
                          std::ranges::range_reference_t<generator<R, V, A>>>;

/// What a range of type `R` (an lvalue's type, or an rvalue's) gives: a container that nobody else
/// has gives up its items.
template <class R>
using element_t =
    std::conditional_t<std::is_lvalue_reference_v<R> || std::ranges::view<std::remove_cvref_t<R>>,
                       std::ranges::range_reference_t<R>, std::ranges::range_rvalue_reference_t<R>>;

/// What reaches the next step when a step returns `R`.
template <class R>
struct item_of {
    using type = R;
};

template <class T>
struct item_of<std::optional<T>> {
    using type = T;
};

template <class R>
    requires is_generator<R>
struct item_of<R> {
    using type = std::ranges::range_value_t<R>;
};

template <class R>
using item_of_t = typename item_of<R>::type;

/// `std::invoke`, but for what a plain call does: one function less to inline. Compilers may warn
/// that an integer becomes a floating number here, which a step may ask for.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"

template <class F, class T>
[[gnu::always_inline]] inline decltype(auto) call_item(F& f, T&& item) {
    if constexpr (std::is_member_pointer_v<F>) {
        return std::invoke(f, std::forward<T>(item));
    } else {
        return f(std::forward<T>(item));
    }
}

#pragma GCC diagnostic pop

/// Whether `f(item)` leaves the item whole for another try.
template <class F, class T>
inline constexpr bool keeps_item = std::is_invocable_v<F&, const T&>;

/// Whether a `Parameter` made from a `T` refers to a temporary object instead of the `T`.
template <class Parameter, class T>
inline constexpr bool refers_to_another =
    std::is_reference_v<Parameter> &&
    !std::is_convertible_v<T*, std::remove_reference_t<Parameter>*>;

/// Whether a call that is given the item to consume, and takes a `Parameter`, leaves it whole.
template <class Parameter, class T>
inline constexpr bool leaves_item_whole =
    std::is_lvalue_reference_v<Parameter>
        ? std::is_trivially_copyable_v<T> ||
              std::is_convertible_v<T*, std::remove_reference_t<Parameter>*>  // refers to the item
        : std::is_trivially_copyable_v<T> && !std::is_rvalue_reference_v<Parameter>;

/// What a range of another's making gives, as an item: itself if it is one, so that nothing is
/// moved or copied on the way to the item's place.
template <class T, class U>
[[gnu::always_inline]] inline decltype(auto) as_item(U&& x) {
    if constexpr (std::is_same_v<std::remove_cvref_t<U>, T>) {
        return std::forward<U>(x);
    } else {
        return static_cast<T>(std::forward<U>(x));
    }
}

}  // namespace paipa::detail
#endif
