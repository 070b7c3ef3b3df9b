#ifndef PAIPA_DETAIL_LAZY_ADAPTED_HPP
#define PAIPA_DETAIL_LAZY_ADAPTED_HPP
#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/lazy/cursor.hpp>

#include <concepts>
#include <cstddef>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

// A range adaptor of somebody else may look at an item several times (`std::views::filter` asks the
// predicate, and then passes the item on), so an item that may be moved from must reach it as an
// lvalue: a predicate that takes the item by value then takes a copy, and does not empty it.

template <class S, class View>
concept pipes_view = requires(S& s, View v) { std::move(v) | s; };

template <class S, class View>
using piped_t = decltype(std::declval<View>() | std::declval<S&>());

/// The items of a view as lvalues.
template <class View>
using looked_at =
    cursor_view<cursor_of_t<View>, std::remove_reference_t<typename cursor_of_t<View>::reference>&>;

/// `View`, made of `Base`, takes each item of `Base` once: who is called with it may consume it.
template <class View, class Base>
inline constexpr bool takes_once = std::same_as<View, Base>;

template <class V, class F, class Base>
inline constexpr bool takes_once<std::ranges::transform_view<V, F>, Base> = takes_once<V, Base>;

template <class V, class Base>
inline constexpr bool takes_once<std::ranges::take_view<V>, Base> = takes_once<V, Base>;

template <class V, class Base>
inline constexpr bool takes_once<std::ranges::drop_view<V>, Base> = takes_once<V, Base>;

template <class V, std::size_t N, class Base>
inline constexpr bool takes_once<std::ranges::elements_view<V, N>, Base> = takes_once<V, Base>;

/// `View`, made of `Base`, passes on items of `Base`, and nothing else.
template <class View, class Base>
inline constexpr bool passes_on = std::same_as<View, Base>;

template <class V, class P, class Base>
inline constexpr bool passes_on<std::ranges::filter_view<V, P>, Base> = passes_on<V, Base>;

template <class V, class P, class Base>
inline constexpr bool passes_on<std::ranges::take_while_view<V, P>, Base> = passes_on<V, Base>;

template <class V, class P, class Base>
inline constexpr bool passes_on<std::ranges::drop_while_view<V, P>, Base> = passes_on<V, Base>;

template <class V, class Base>
inline constexpr bool passes_on<std::ranges::take_view<V>, Base> = passes_on<V, Base>;

template <class V, class Base>
inline constexpr bool passes_on<std::ranges::drop_view<V>, Base> = passes_on<V, Base>;

/// A predicate that cannot take an item away: it takes an lvalue of what cannot be copied.
template <class V, class P>
inline constexpr bool cannot_take = !std::copy_constructible<std::ranges::range_value_t<V>> &&
                                    std::is_invocable_v<P&, std::ranges::range_value_t<V>&>;

/// No predicate of `View` can take an item away, although it gets rvalues.
template <class View>
inline constexpr bool only_looks = true;

template <class V, class F>
inline constexpr bool only_looks<std::ranges::transform_view<V, F>> = only_looks<V>;

template <class V>
inline constexpr bool only_looks<std::ranges::take_view<V>> = only_looks<V>;

template <class V>
inline constexpr bool only_looks<std::ranges::drop_view<V>> = only_looks<V>;

template <class V, class P>
inline constexpr bool only_looks<std::ranges::filter_view<V, P>> =
    cannot_take<V, P> && only_looks<V>;

template <class V, class P>
inline constexpr bool only_looks<std::ranges::take_while_view<V, P>> =
    cannot_take<V, P> && only_looks<V>;

template <class V, class P>
inline constexpr bool only_looks<std::ranges::drop_while_view<V, P>> =
    cannot_take<V, P> && only_looks<V>;

/// No way to lay the adaptor over the view lets a predicate take items away.
template <class S, class View>
inline constexpr bool looks_at =
    !std::is_rvalue_reference_v<std::ranges::range_reference_t<View>> ||
    takes_once<piped_t<S, View>, View> || pipes_view<S, looked_at<View>> ||
    only_looks<piped_t<S, View>>;

template <std::size_t Place, class S, class View>
consteval bool check_only_looks() {
    PAIPA_CHECK_STEP(Place, (looks_at<S, View>),
                     "is a range adaptor with a predicate that takes the item away; let the "
                     "predicate take it by const reference (and make the adaptors behind it steps "
                     "of their own)");
    return looks_at<S, View>;
}

/// A view as a step is given it: pulls nothing before the step asks for it. (A range that can be
/// walked twice has nothing to lose.)
template <class View>
auto one_by_one(View view) {
    if constexpr (is_cursor_view<View> || std::ranges::forward_range<View>) {
        return view;
    } else {
        return cursor_view(cursor_of(std::move(view)));
    }
}

template <class View>
using asked = decltype(one_by_one(std::declval<View>()));

/// Items that an adaptor has looked at may be moved from again.
template <class Base, class View>
auto passed_on(View view) {
    if constexpr (passes_on<View, Base>) {
        return cursor_view(range_cursor<View, true>(std::move(view)));
    } else {
        return view;
    }
}

/// Lays a range adaptor over a view; see `check_only_looks`.
template <class View, class S>
auto adapt(View view, S& step) {
    using reference = std::ranges::range_reference_t<View>;
    if constexpr (!std::is_rvalue_reference_v<reference> || takes_once<piped_t<S, View>, View> ||
                  !pipes_view<S, looked_at<View>>) {
        return one_by_one(std::move(view)) | step;
    } else {
        return passed_on<looked_at<View>>(looked_at<View>(cursor_of(std::move(view))) | step);
    }
}

/// A range adaptor as a callable.
template <class S>
class adaptor {
public:
    adaptor(const S& step) : step_(step) {}  // NOLINT(google-explicit-constructor): stands for it

    template <class View>
    auto operator()(View view) {
        return adapt(std::move(view), step_);
    }

private:
    S step_;
};

/// The callable that makes an iter step's output range from its input range of type `View`: `G`
/// itself, or a wrapper where `G` is a range adaptor.
template <class G, class View>
using range_maker = std::conditional_t<pipes_view<G, View>, adaptor<G>, G>;

}  // namespace paipa::detail
#endif
