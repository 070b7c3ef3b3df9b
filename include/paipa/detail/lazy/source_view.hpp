#ifndef PAIPA_DETAIL_LAZY_SOURCE_VIEW_HPP
#define PAIPA_DETAIL_LAZY_SOURCE_VIEW_HPP
#include <concepts>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// A container of our own, whose items may be moved from.
template <std::ranges::range C>
class moved_view : public std::ranges::view_interface<moved_view<C>> {
public:
    explicit moved_view(C&& items) : items_(std::move(items)) {}

    auto begin() { return std::move_iterator(std::ranges::begin(items_)); }

    auto end() {
        if constexpr (std::ranges::common_range<C>) {
            return std::move_iterator(std::ranges::end(items_));
        } else {
            return std::move_sentinel(std::ranges::end(items_));
        }
    }

private:
    C items_;
};

/// Any range as a view: a container given away is owned, one given by name is referred to.
template <std::ranges::input_range R>
auto source_view(R&& range) {
    using plain = std::remove_reference_t<R>;
    if constexpr (std::ranges::view<std::remove_cv_t<plain>> &&
                  std::constructible_from<std::remove_cv_t<plain>, R>) {
        return std::remove_cv_t<plain>(std::forward<R>(range));
    } else if constexpr (std::is_lvalue_reference_v<R>) {
        return std::ranges::ref_view<plain>(range);
    } else {
        using own = std::remove_cv_t<plain>;
        return moved_view<own>(own(std::forward<R>(range)));
    }
}

template <class R>
using source_view_t = decltype(source_view(std::declval<R>()));

}  // namespace paipa::detail
#endif
