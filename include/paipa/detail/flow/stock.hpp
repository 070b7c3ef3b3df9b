#ifndef PAIPA_DETAIL_FLOW_STOCK_HPP
#define PAIPA_DETAIL_FLOW_STOCK_HPP
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/flow.hpp>

#include <cstddef>
#include <utility>

namespace paipa::detail {

/// A stock step takes any item, unless its description has a `declared` one.
template <class Stock>
struct declared_by {
    using type = unknown;
};

template <class Stock>
    requires requires { typename Stock::declared; }
struct declared_by<Stock> {
    using type = typename Stock::declared;
};

/// Definition of a stock step: `Stock` is a small copyable description with
/// `template <class T> kernel<T>` (the worker's half, constructed from the description) and
/// `template <std::size_t Place, class T> static consteval bool check()`. When `is_loop_step`, it
/// has `lazy(cursor)`, which gives the step's outputs as a cursor, too. One whose kernel has
/// `flush` has `keeps_back`.
template <class Stock>
struct stock_def : item_def<stock_def<Stock>> {
    using declared = typename declared_by<Stock>::type;

    stock_def(step_head h, Stock s) : item_def<stock_def>(std::move(h)), stock(std::move(s)) {
        check_never_idle(this->head);
        if constexpr (keeps_back) {
            check_keeps_back(this->head);
        }
    }

    stock_def(step_head h, const stock_def& other) : stock_def(std::move(h), other.stock) {}

    template <class T>
    using kernel = typename Stock::template kernel<T>;

    template <class T>
    using output = typename kernel<T>::output;

    template <std::size_t Place, class T>
    static consteval bool check() {
        return Stock::template check<Place, T>();
    }

    template <class T>
    [[nodiscard]] auto kernel_maker() const {
        static_assert(requires(const kernel<T>& k) { k.kept(); } == keeps_back);
        return [s = stock] { return kernel<T>(s); };
    }

    static constexpr bool is_loop_step = Stock::is_loop_step;
    static constexpr bool keeps_back = requires { Stock::keeps_back; };

    /// The step as a cursor behind `base`.
    template <class Base>
    auto lazy(Base base) const
        requires is_loop_step
    {
        return stock.lazy(std::move(base));
    }

    Stock stock;
};

/// A flow of one unnamed stock step. A template over `Stock`, so that a program compiles only the
/// stock steps that it calls.
template <class Stock>
auto stock_flow(const char* kind, Stock stock) {
    return flow_access::make(stock_def<Stock>(step_head(kind), std::move(stock)));
}

}  // namespace paipa::detail
#endif
