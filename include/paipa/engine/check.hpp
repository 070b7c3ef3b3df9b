#ifndef PAIPA_ENGINE_CHECK_HPP
#define PAIPA_ENGINE_CHECK_HPP
#include <paipa/engine/traits.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace paipa::engine {

/// Whether the assertion for place `here` holds; the one for the step's own place decides.
consteval bool holds_at(std::size_t place, std::size_t here, bool condition) {
    return condition || place != here;
}

}  // namespace paipa::engine

/// A static assertion whose text names the step's place in the flow: C++20 cannot compute the text,
/// so there is one assertion for each of the first places.
#define PAIPA_CHECK_STEP(place, condition, text)                                        \
    static_assert(paipa::engine::holds_at(place, 1, condition), "paipa: step 1 " text); \
    static_assert(paipa::engine::holds_at(place, 2, condition), "paipa: step 2 " text); \
    static_assert(paipa::engine::holds_at(place, 3, condition), "paipa: step 3 " text); \
    static_assert(paipa::engine::holds_at(place, 4, condition), "paipa: step 4 " text); \
    static_assert(paipa::engine::holds_at(place, 5, condition), "paipa: step 5 " text); \
    static_assert(paipa::engine::holds_at(place, 6, condition), "paipa: step 6 " text); \
    static_assert(paipa::engine::holds_at((place) < 7 ? 0 : 7, 7, condition),           \
                  "paipa: a step behind the sixth one " text)

namespace paipa::engine {

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

}  // namespace paipa::engine

#endif
