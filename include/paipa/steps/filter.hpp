#ifndef PAIPA_STEPS_FILTER_HPP
#define PAIPA_STEPS_FILTER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/flow/stock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/filter_cursor.hpp>
#include <paipa/flow.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace paipa {

namespace detail {

template <class Predicate>
struct filter_stock {
    static constexpr bool is_loop_step = true;

    template <class Base>
    auto lazy(Base base) const {
        return filter_cursor<Base, Predicate>(std::move(base), keeps);
    }

    template <class T>
    struct kernel {
        using input = T;
        using output = T;
        static constexpr bool many_outputs = false;
        static constexpr bool can_keep = true;  // the predicate only looks at the item

        explicit kernel(const filter_stock& s) : keeps(s.keeps) {}

        template <class E>
        outcome process(T& item, bool, E& out) {
            if (!call_item(keeps, std::as_const(item))) {
                return outcome::skipped;
            }
            out(std::move(item));
            return outcome::finished;
        }

        Predicate keeps;
    };

    template <std::size_t Place, class T>
    static consteval bool check() {
        constexpr bool fits = std::is_invocable_r_v<bool, Predicate&, const T&>;
        PAIPA_CHECK_STEP(Place, fits,
                         "is a filter whose predicate cannot look at the item that reaches it; it "
                         "takes the item by const reference and returns bool");
        return fits && check_narrowing<Place, T, declared_item<Predicate>>();
    }

    Predicate keeps;
};

}  // namespace detail

/// Passes on the items for which `keeps(const item&)` is true; the others count as skipped.
///
/// Shape:  one item in, the same one or none out; each worker owns a copy of `keeps`.
/// Errors: what `keeps` throws is a failed attempt, `skip_entry` skips; the item stays whole for
///         another attempt, also a move-only one.
/// Cost:   one call per item, no copy; in `combine` it compiles into the loop, without books.
template <class Predicate>
[[nodiscard]] auto filter(Predicate keeps) {
    if constexpr (detail::check_copyable<Predicate>()) {
        return detail::stock_flow("filter", detail::filter_stock<Predicate>{std::move(keeps)});
    } else {
        return flow<>();
    }
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
