#ifndef PAIPA_ENGINE_SLOT_HPP
#define PAIPA_ENGINE_SLOT_HPP
#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace paipa::engine {

/// Where an item lies inside the engine, which moves it under locks and so must not see an
/// exception: an item whose move may throw lies in a box of its own. Making such a box may throw,
/// or do anything else that the item's constructor does, so it is never done under a lock.
template <class T, bool = std::is_nothrow_move_constructible_v<T>>
class slot {
public:
    static constexpr bool is_boxed = false;

    template <class U>
    explicit slot(std::in_place_t, U&& item) : item_(std::forward<U>(item)) {}

    slot(slot&&) noexcept = default;
    slot(const slot&) = delete;
    slot& operator=(const slot&) = delete;
    slot& operator=(slot&&) = delete;
    ~slot() = default;

    T& get() noexcept { return item_; }

private:
    T item_;
};

template <class T>
class slot<T, false> {
public:
    static constexpr bool is_boxed = true;

    template <class U>
    explicit slot(std::in_place_t, U&& item) : box_(std::make_unique<T>(std::forward<U>(item))) {}

    T& get() noexcept { return *box_; }

private:
    std::unique_ptr<T> box_;
};

/// Items a worker takes, or keeps ready, at once; fewer of large ones, at most 32 KiB of them. A
/// power of two.
template <class T>
inline constexpr std::size_t batch_limit =
    std::bit_floor(std::clamp<std::size_t>(std::size_t{32} * 1024 / sizeof(slot<T>), 1, 256));

}  // namespace paipa::engine
#endif
