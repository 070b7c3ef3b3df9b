#ifndef PAIPA_STEPS_FLATTEN_HPP
#define PAIPA_STEPS_FLATTEN_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/flow/stock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/lazy/flat_cursor.hpp>
#include <paipa/steps/flat_map.hpp>

#include <concepts>
#include <cstddef>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>

namespace paipa {

namespace detail {

/// A range to take apart; text is not one.
template <class T>
concept nested_range = std::ranges::input_range<T> &&
                       !std::convertible_to<const std::remove_cvref_t<T>&, std::string_view>;

template <bool Deep, class T>
struct flat_item {
    using type = T;
};

template <class T>
    requires nested_range<T>
struct flat_item<true, T> : flat_item<true, std::ranges::range_value_t<T>> {};

template <class T>
    requires nested_range<T>
struct flat_item<false, T> {
    using type = std::ranges::range_value_t<T>;
};

template <bool Deep>
struct flatten_stock {
    static constexpr bool is_loop_step = true;

    template <class Base>
    auto lazy(Base base) const {
        using cursor = flat_cursor<Base, open_itself>;
        cursor flat(std::move(base), open_itself{});
        if constexpr (Deep && nested_range<typename cursor::value>) {
            return lazy(std::move(flat));
        } else {
            return flat;
        }
    }

    template <class T>
    struct kernel {
        using input = T;
        using output = typename flat_item<Deep, T>::type;
        static constexpr bool many_outputs = true;
        static constexpr bool can_keep = true;  // the step's own code cannot fail

        explicit kernel(const flatten_stock&) {}

        template <class E>
        outcome process(T& item, bool, E& out) {
            return send(std::move(item), out);
        }

        template <class R, class E>
        static outcome send(R&& range, E& out) {
            if constexpr (Deep && nested_range<std::ranges::range_value_t<R>>) {
                for (auto&& inner : range) {
                    if (send(std::move(inner), out) == outcome::abandoned) {
                        return outcome::abandoned;
                    }
                }
                return outcome::finished;
            } else {
                return send_elements(std::forward<R>(range), out);
            }
        }
    };

    template <std::size_t Place, class T>
    static consteval bool check() {
        PAIPA_CHECK_STEP(Place, nested_range<T>,
                         "flattens, but what reaches it is no range (text is not taken for one); "
                         "put it behind a step that returns a container");
        return nested_range<T>;
    }
};

}  // namespace detail

/// Takes each item, which is a range, apart by one level: its elements are passed on one by one.
///
/// Shape:  one range in, its elements out, in their order; text is not taken for a range.
/// Errors: an item that is no range is a compile error.
/// Cost:   one move per element, a copy where the item is a view; in `combine` it compiles into the
///         loop, without books.
template <class Stock = detail::flatten_stock<false>>
[[nodiscard]] auto flatten() {
    return detail::stock_flow("flatten", Stock{});
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
