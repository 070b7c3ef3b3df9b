#ifndef PAIPA_STEPS_IDENTITY_HPP
#define PAIPA_STEPS_IDENTITY_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/stock.hpp>
#include <paipa/detail/item/outcome.hpp>

#include <cstddef>
#include <utility>

namespace paipa {

namespace detail {

struct identity_stock {
    static constexpr bool is_loop_step = true;

    template <class Base>
    auto lazy(Base base) const {
        return base;
    }

    template <class T>
    struct kernel {
        using input = T;
        using output = T;
        static constexpr bool many_outputs = false;
        static constexpr bool can_keep = true;  // the step's own code cannot fail

        explicit kernel(const identity_stock&) {}

        template <class E>
        outcome process(T& item, bool, E& out) {
            out(std::move(item));
            return outcome::finished;
        }
    };

    template <std::size_t, class>
    static consteval bool check() {
        return true;
    }
};

}  // namespace detail

/// Passes every item on as it is.
///
/// Shape:  one item in, the same one out.
/// Errors: none of its own.
/// Cost:   on threads a hand-over, as any step; in `combine` nothing.
template <class Stock = detail::identity_stock>
[[nodiscard]] auto identity() {
    return detail::stock_flow("identity", Stock{});
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
