#ifndef PAIPA_DETAIL_ITEM_SLOT_HPP
#define PAIPA_DETAIL_ITEM_SLOT_HPP
#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa::detail {

/// Items that own nothing but memory: nobody can tell when they are destroyed.
template <class T>
inline constexpr bool owns_only_memory = false;

template <class C, class Traits>
inline constexpr bool owns_only_memory<std::basic_string<C, Traits>> = true;

template <class E>
inline constexpr bool owns_only_memory<std::vector<E>> = std::is_trivially_copyable_v<E>;

/// Where an item lies inside the engine, which moves it under locks and so must not see an
/// exception: an item whose move may throw lies in a box of its own. Making such a box may throw,
/// or do anything else that the item's constructor does, so it is never done under a lock.
template <class T, bool = std::is_nothrow_move_constructible_v<T>>
class slot {
public:
    static constexpr bool is_boxed = false;
    static constexpr bool is_reused = false;

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
    static constexpr bool is_reused = false;

    template <class U>
    explicit slot(std::in_place_t, U&& item) : box_(std::make_unique<T>(std::forward<U>(item))) {}

    T& get() noexcept { return *box_; }

private:
    std::unique_ptr<T> box_;
};

/// An item that owns only memory leaves it to the next one in its cell: items change places instead
/// of moving, so what a step is through with comes back to the threads that make items. Else these
/// would allocate and the readers free, which costs far more than handing over: the heap's locks
/// and lists go from thread to thread. Large blocks are freed at once, so that cells without an
/// item hold little.
template <class T>
    requires owns_only_memory<T>
class slot<T, true> {
public:
    static constexpr bool is_boxed = false;
    static constexpr bool is_reused = true;
    static constexpr std::size_t kept_bytes = 512;

    slot() = default;

    template <class U>
    explicit slot(std::in_place_t, U&& item) : item_(std::forward<U>(item)) {}

    T& get() noexcept { return item_; }

    /// `item`, if it may be moved from, is empty then, and may have got memory.
    template <class U>
    void fill(U&& item) {
        if constexpr (std::is_same_v<U, T>) {
            item_.swap(item);
            item.clear();
        } else {
            item_ = std::forward<U>(item);
        }
    }

    void release() noexcept {
        if (item_.capacity() * sizeof(typename T::value_type) > kept_bytes) {
            T().swap(item_);
        }
    }

private:
    T item_;
};

/// Puts an item into a cell without one.
template <class T, class U>
[[gnu::always_inline]] inline void fill_cell(slot<T>* cell, U&& item) {
    if constexpr (slot<T>::is_reused) {
        cell->fill(std::forward<U>(item));
    } else {
        std::construct_at(cell, std::in_place, std::forward<U>(item));
    }
}

/// Ends the item in a cell.
template <class T>
[[gnu::always_inline]] inline void clear_cell(slot<T>& cell) noexcept {
    if constexpr (slot<T>::is_reused) {
        cell.release();
    } else {
        std::destroy_at(&cell);
    }
}

/// Items a worker takes, or keeps ready, at once: 256, up to 1024 if they fit in 8 KiB, and no more
/// than fit in 32 KiB. A power of two.
template <class T>
inline constexpr std::size_t batch_limit = [] {
    constexpr std::size_t small = std::clamp<std::size_t>(8192 / sizeof(slot<T>), 256, 1024);
    return std::bit_floor(std::clamp<std::size_t>(32768 / sizeof(slot<T>), 1, small));
}();

}  // namespace paipa::detail
#endif
