#ifndef PAIPA_STEPS_FLAT_MAP_HPP
#define PAIPA_STEPS_FLAT_MAP_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/flow/stock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/context_kernel.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/flat_cursor.hpp>
#include <paipa/flow.hpp>

#include <cstddef>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa {

namespace detail {

/// Sends each element of a range. Moves the elements if the range owns them and nobody else sees
/// it.
template <class R, class E>
outcome send_elements(R&& range, E& out) {
    using element = std::ranges::range_value_t<R>;
    for (auto&& x : std::forward<R>(range)) {
        if constexpr (!std::is_lvalue_reference_v<R> &&
                      !std::ranges::view<std::remove_cvref_t<R>>) {
            out(element(std::move(x)));
        } else {
            out(element(std::forward<decltype(x)>(x)));
        }
        if (out.is_over()) [[unlikely]] {
            return outcome::abandoned;
        }
    }
    return outcome::finished;
}

template <class F, class T>
class flat_map_kernel {
    using argument = std::conditional_t<std::is_invocable_v<F&, T&&>, T&&, const T&>;
    using range = std::invoke_result_t<F&, argument>;

public:
    using input = T;
    using output = std::ranges::range_value_t<range>;
    static constexpr bool many_outputs = true;
    static constexpr bool can_keep = keeps_item<F, T>;
    static constexpr bool leaves_whole = leaves_item_whole<parameter_t<F>, T>;

    template <class Stock>
    explicit flat_map_kernel(const Stock& s) : f_(s.f) {}

    template <class I, class E>
    outcome process(I& item, bool keep, E& out) {
        if constexpr (keeps_item<F, I>) {
            if (keep || !std::is_invocable_v<F&, I&&>) {
                return send_elements(call_item(f_, std::as_const(item)), out);
            }
        }
        if constexpr (std::is_invocable_v<F&, I&&>) {
            return send_elements(call_item(f_, std::move(item)), out);
        } else {
            return outcome::skipped;  // not reached: keep is true for such a callable
        }
    }

    /// The outputs of an item, to be pulled one by one.
    template <class I>
    auto open(I& item) {
        return call_consuming(f_, item);
    }

    F& callable() noexcept { return f_; }

private:
    F f_;
};

/// `Item` is the item type that `F` declares. A generic `F` declares none, and is not asked,
/// because that would compile its body with `unknown`.
template <class F, class Item>
inline constexpr bool declares_context = wants_context<F, Item>;

template <class F>
inline constexpr bool declares_context<F, unknown> = false;

template <class F>
struct flat_map_stock {
    using declared = declared_item<F>;
    /// A context needs a worker, which a loop without books does not have.
    static constexpr bool is_loop_step = !declares_context<F, declared>;

    template <class Base>
    auto lazy(Base base) const {
        constexpr bool needs_worker = wants_context<F, typename Base::value>;
        static_assert(!needs_worker,
                      "paipa: in combine a flat_map whose function takes a context must name the "
                      "type of its item (no auto)");
        if constexpr (needs_worker) {
            return base;  // one error is enough
        } else {
            return flat_cursor<Base, open_by_call<F>>(std::move(base), open_by_call<F>(f));
        }
    }

    template <class T>
    using kernel = typename kernel_for<flat_map_kernel, F, T>::type;

    template <std::size_t Place, class T>
    static consteval bool check() {
        if constexpr (check_parameter<Place, callable_for<F, T>, T>()) {
            return check_call<Place, callable_for<F, T>, T>();
        } else {
            return false;
        }
    }

    template <std::size_t Place, class C, class T>
    static consteval bool check_call() {
        constexpr bool takes = std::is_invocable_v<C&, T&&> || std::is_invocable_v<C&, const T&>;
        PAIPA_CHECK_STEP(Place, takes,
                         "is a flat_map whose function cannot take the item that reaches it; "
                         "change its parameter to accept that type");
        if constexpr (takes) {
            using argument = std::conditional_t<std::is_invocable_v<C&, T&&>, T&&, const T&>;
            using made = std::invoke_result_t<C&, argument>;
            constexpr bool range = std::ranges::input_range<made>;
            PAIPA_CHECK_STEP(Place, range,
                             "is a flat_map whose function returns no range; return a container "
                             "or a generator");
            return check_item_outlives_call<Place, C, T, made>() && range;
        } else {
            return false;
        }
    }

    F f;
};

}  // namespace detail

/// Passes on every element of the range that `f(item)` returns, one by one.
///
/// Shape:  one item in, any number out; each worker owns a copy of `f`.
/// Errors: what `f` or its range throws is a failed attempt, `skip_entry` skips. With retries, or
///         where the run goes on without failed items, elements leave only when the last one has
///         been made.
/// Cost:   elements of a container returned by value are moved; in `combine` it compiles into the
///         loop, without books.
template <class F>
[[nodiscard]] auto flat_map(F f) {
    if constexpr (detail::check_copyable<F>()) {
        return detail::stock_flow("flat_map", detail::flat_map_stock<F>{std::move(f)});
    } else {
        return flow<>();
    }
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
