#ifndef PAIPA_DETAIL_LAZY_GENERATE_HPP
#define PAIPA_DETAIL_LAZY_GENERATE_HPP
#include <concepts>
#include <ranges>
#include <utility>

namespace paipa::detail {

/// Any range as a generator, for steps that take just that.
template <class Generator, class Cursor>
Generator generate(Cursor cursor) {
    using element = typename Cursor::reference;
    while (cursor.next()) {
        if constexpr (std::convertible_to<element, std::ranges::range_reference_t<Generator>>) {
            co_yield cursor.item();
        } else {
            std::ranges::range_value_t<Generator> made(cursor.item());
            co_yield std::move(made);
        }
    }
}

}  // namespace paipa::detail
#endif
