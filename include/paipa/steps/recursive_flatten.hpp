#ifndef PAIPA_STEPS_RECURSIVE_FLATTEN_HPP
#define PAIPA_STEPS_RECURSIVE_FLATTEN_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/stock.hpp>
#include <paipa/steps/flatten.hpp>

namespace paipa {

/// Takes each item, which is a range of ranges, apart to any depth; text is not taken apart.
///
/// Shape:  one range in, its innermost elements out, in their order.
/// Errors: an item that is no range is a compile error.
/// Cost:   one move per element, a copy where the item is a view; in `combine` it compiles into the
///         loop, without books.
template <class Stock = detail::flatten_stock<true>>
[[nodiscard]] auto recursive_flatten() {
    return detail::stock_flow("recursive_flatten", Stock{});
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
