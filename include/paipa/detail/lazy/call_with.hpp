#ifndef PAIPA_DETAIL_LAZY_CALL_WITH_HPP
#define PAIPA_DETAIL_LAZY_CALL_WITH_HPP
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// How a callable gets an item: one of our own may be consumed, somebody else's (an lvalue) is
/// looked at, or copied for a callable that consumes.
template <class F, class Item>
decltype(auto) call_with(F& f, Item&& item) {
    using value = std::remove_cvref_t<Item>;
    if constexpr (std::is_lvalue_reference_v<Item>) {
        if constexpr (std::is_invocable_v<F&, const value&>) {
            return std::invoke(f, std::as_const(item));
        } else {
            return std::invoke(f, value(item));
        }
    } else if constexpr (std::is_invocable_v<F&, Item>) {
        return std::invoke(f, std::forward<Item>(item));
    } else {
        return std::invoke(f, std::as_const(item));
    }
}

template <class F, class Item>
using call_result = decltype(call_with(std::declval<F&>(), std::declval<Item>()));

/// A callable that can be assigned, which one with constant captures cannot; ranges must be.
template <class F>
class held_callable {
public:
    explicit held_callable(F f) : f_(std::move(f)) {}

    held_callable(held_callable&&) noexcept = default;
    held_callable(const held_callable&) = default;
    held_callable& operator=(const held_callable&) = delete;

    held_callable& operator=(held_callable&& other) noexcept {
        if (this != &other) {
            std::destroy_at(std::addressof(f_));
            std::construct_at(std::addressof(f_), std::move(other.f_));
        }
        return *this;
    }

    ~held_callable() = default;

    F& get() noexcept { return f_; }

private:
    F f_;
};

}  // namespace paipa::detail
#endif
