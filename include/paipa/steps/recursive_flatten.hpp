#ifndef PAIPA_STEPS_RECURSIVE_FLATTEN_HPP
#define PAIPA_STEPS_RECURSIVE_FLATTEN_HPP
#include <paipa/engine/stock.hpp>
#include <paipa/steps/flatten.hpp>

namespace paipa {

/// Takes each item, which is a range of ranges, apart to any depth; text is not taken apart.
template <class Stock = engine::flatten_stock<true>>
[[nodiscard]] auto recursive_flatten() {
    return engine::stock_flow("recursive_flatten", Stock{});
}

}  // namespace paipa
#endif
