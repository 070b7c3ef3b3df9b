#ifndef PAIPA_DETAIL_FLOW_CHECK_HPP
#define PAIPA_DETAIL_FLOW_CHECK_HPP
#include <paipa/detail/kernel/traits.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace paipa::detail {

/// Whether the assertion for place `here` holds; the one for the step's own place decides.
consteval bool holds_at(std::size_t place, std::size_t here, bool condition) {
    return condition || place != here;
}

}  // namespace paipa::detail

/// A static assertion whose text names the step's place in the flow: C++20 cannot compute the text,
/// so there is one assertion for each of the first places.
#define PAIPA_CHECK_STEP(place, condition, text)                                        \
    static_assert(paipa::detail::holds_at(place, 1, condition), "paipa: step 1 " text); \
    static_assert(paipa::detail::holds_at(place, 2, condition), "paipa: step 2 " text); \
    static_assert(paipa::detail::holds_at(place, 3, condition), "paipa: step 3 " text); \
    static_assert(paipa::detail::holds_at(place, 4, condition), "paipa: step 4 " text); \
    static_assert(paipa::detail::holds_at(place, 5, condition), "paipa: step 5 " text); \
    static_assert(paipa::detail::holds_at(place, 6, condition), "paipa: step 6 " text); \
    static_assert(paipa::detail::holds_at((place) < 7 ? 0 : 7, 7, condition),           \
                  "paipa: a step behind the sixth one " text)

namespace paipa::detail {

/// `T` reaches step `Place`.
template <std::size_t Place, class T>
consteval bool check_item() {
    constexpr bool safe = std::is_void_v<T> || std::is_nothrow_destructible_v<T>;
    PAIPA_CHECK_STEP(Place, safe,
                     "takes items whose destructor may throw, which would end the process; "
                     "declare the destructor noexcept");
    return safe;
}

/// `T` leaves step `Place`, the last one.
template <std::size_t Place, class T>
consteval bool check_returned() {
    constexpr bool safe = std::is_void_v<T> || std::is_nothrow_destructible_v<T>;
    PAIPA_CHECK_STEP(Place, safe,
                     "returns items whose destructor may throw, which would end the process; "
                     "declare the destructor noexcept");
    return safe;
}

/// A type to which the rule against narrowing applies. Classes are left out: `T{x}` may call a
/// constructor that takes a list, so it does not tell whether a conversion narrows.
template <class T>
concept basic = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_pointer_v<T>;

template <class From, class To>
concept list_initialises = requires(From (&from)()) { To{from()}; };

template <class From, class To>
inline constexpr bool narrows =
    basic<From> && basic<To> && std::convertible_to<From, To> && !list_initialises<From, To> &&
    !(std::is_integral_v<From> && std::is_floating_point_v<To>);

/// Step `Place` takes a `To` where a `From` comes; see the instantiation for both types.
template <std::size_t Place, class From, class To>
consteval bool check_narrowing() {
    constexpr bool keeps = !narrows<From, To>;
    PAIPA_CHECK_STEP(Place, keeps,
                     "would narrow the item that reaches it (see From and To); take that type, or "
                     "convert it by a cast in a step of its own");
    return keeps;
}

/// A class step in the place `Place` takes `Parameter`, an item of type `To`, where a `From` comes;
/// see the instantiation for the types.
template <std::size_t Place, class From, class To, class Parameter>
consteval bool check_class_item() {
    constexpr bool fits = std::convertible_to<From, Parameter>;
    PAIPA_CHECK_STEP(Place, fits,
                     "is a class step that cannot take the item that reaches it (see From and To); "
                     "change the first argument of its abstract_step to a type that the item "
                     "converts to");
    if constexpr (fits) {
        return check_narrowing<Place, From, To>();
    } else {
        return false;
    }
}

/// Step `Place` calls `F` with a `T` that may be consumed, or with a constant one.
template <std::size_t Place, class F, class T>
consteval bool check_parameter() {
    constexpr bool by_reference = !std::is_invocable_v<F&, T&&> &&
                                  !std::is_invocable_v<F&, const T&> && std::is_invocable_v<F&, T&>;
    PAIPA_CHECK_STEP(Place, !by_reference,
                     "takes its item by non-const reference; take it by value or by const "
                     "reference, not by non-const reference");
    if constexpr (by_reference) {
        return false;
    } else {
        return check_narrowing<Place, T, declared_item<F>>();
    }
}

/// Step `Place` calls `F` with a `T`, and gets a `Made`.
template <std::size_t Place, class F, class T, class Made>
consteval bool check_item_outlives_call() {
    constexpr bool dangles = is_generator<Made> && refers_to_another<parameter_t<F>, T>;
    PAIPA_CHECK_STEP(Place, !dangles,
                     "is a coroutine that takes by reference what its item is converted to, which "
                     "is gone when it runs; take it by value");
    return !dangles;
}

template <class F>
consteval bool check_copyable() {
    static_assert(
        std::copy_constructible<F>,
        "paipa: this step's callable cannot be copied, and each worker needs a copy; let it "
        "hold what it shares by std::shared_ptr");
    return std::copy_constructible<F>;
}

/// `F` makes `Made` of a range, as step `Place`.
template <std::size_t Place, class F, class Made>
consteval bool check_no_dangling() {
    constexpr bool dangles = is_generator<Made> && std::is_reference_v<parameter_t<F>>;
    PAIPA_CHECK_STEP(Place, !dangles,
                     "is a coroutine that takes its range by reference, which is gone when it "
                     "runs; take it by value");
    return !dangles;
}

}  // namespace paipa::detail

#endif
