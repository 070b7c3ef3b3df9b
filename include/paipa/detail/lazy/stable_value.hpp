#ifndef PAIPA_DETAIL_LAZY_STABLE_VALUE_HPP
#define PAIPA_DETAIL_LAZY_STABLE_VALUE_HPP
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// Small values nobody points into: a loop keeps them in registers.
template <class T>
inline constexpr bool rides_along =
    std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T> &&
    std::is_copy_assignable_v<T> && sizeof(T) <= 2 * sizeof(void*) && !std::ranges::range<T>;

/// A value that a lazy step keeps until the next pull. Its address is stable, as somebody may refer
/// to it while the step is moved; only a small value moves with the step.
template <class T>
class stable_value {
public:
    template <class U>
    void put(U&& value) {
        if (place_ == nullptr) {
            place_ = std::make_unique<std::optional<T>>();
        }
        place_->emplace(std::forward<U>(value));
    }

    [[nodiscard]] T& get() noexcept { return **place_; }

    void drop() noexcept {
        if (place_ != nullptr) {
            place_->reset();
        }
    }

private:
    std::unique_ptr<std::optional<T>> place_;
};

template <class T>
    requires rides_along<T>
class stable_value<T> {
public:
    template <class U>
    void put(U&& value) {
        value_ = std::forward<U>(value);
    }

    [[nodiscard]] T& get() noexcept { return value_; }

    void drop() noexcept {}

private:
    T value_{};
};

}  // namespace paipa::detail
#endif
