#ifndef PAIPA_DETAIL_ITEM_ITEM_TYPE_HPP
#define PAIPA_DETAIL_ITEM_ITEM_TYPE_HPP
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/item/type_info.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace paipa::detail {

/// What the engine has to know of an item's type to carry items about. A *cell* is memory that
/// holds a `slot`; where an item leaves, raw memory remains, or an empty `slot` that is used again.
/// Everything that needs no more than this is compiled once, in `src/detail`.
struct item_type {
    std::size_t size;            // of a cell, in bytes
    std::size_t alignment;       // of a cell
    std::size_t batch;           // items a worker takes, or keeps ready, at once; a power of two
    std::size_t default_items;   // capacity of an edge when nobody says
    const std::type_info* type;  // of the item
    /// Makes cells of raw memory, and raw memory of cells. Null: a cell without an item is raw.
    void (*make)(void* at, std::size_t cells) noexcept;
    void (*unmake)(void* at, std::size_t cells) noexcept;
    /// Moves items to cells that have none, and leaves such behind. Null: their bytes are the item.
    void (*move)(void* to, void* from, std::size_t cells) noexcept;
    /// Moves one; `from` remains to be destroyed. Null likewise.
    void (*move_out)(void* to, void* from) noexcept;
    /// Null: nothing to do.
    void (*destroy)(void* at, std::size_t cells) noexcept;
    const void* (*item)(void* cell) noexcept;
};

template <class T>
slot<T>* as_slots(void* cells) noexcept {
    return std::launder(static_cast<slot<T>*>(cells));
}

namespace item_moves {

template <class T>
void make(void* at, std::size_t cells) noexcept {
    std::uninitialized_value_construct_n(static_cast<slot<T>*>(at), cells);
}

template <class T>
consteval auto maker() noexcept -> void (*)(void*, std::size_t) noexcept {
    if constexpr (slot<T>::is_reused) {
        return &make<T>;
    } else {
        return nullptr;
    }
}

template <class T>
void unmake(void* at, std::size_t cells) noexcept {
    std::destroy_n(as_slots<T>(at), cells);
}

template <class T>
void move(void* to, void* from, std::size_t cells) noexcept {
    for (std::size_t i = 0; i < cells; ++i) {
        slot<T>& was = as_slots<T>(from)[i];
        if constexpr (slot<T>::is_reused) {
            as_slots<T>(to)[i].get().swap(was.get());
        } else {
            std::construct_at(static_cast<slot<T>*>(to) + i, std::move(was));
            std::destroy_at(&was);
        }
    }
}

template <class T>
void move_out(void* to, void* from) noexcept {
    if constexpr (slot<T>::is_reused) {
        move<T>(to, from, 1);
    } else {
        std::construct_at(static_cast<slot<T>*>(to), std::move(*as_slots<T>(from)));
    }
}

template <class T>
void destroy(void* at, std::size_t cells) noexcept {
    for (std::size_t i = 0; i < cells; ++i) {
        clear_cell<T>(as_slots<T>(at)[i]);
    }
}

template <class T>
const void* item(void* cell) noexcept {
    return std::addressof(as_slots<T>(cell)->get());
}

/// The cell's bytes are the item, and not a box that holds it.
template <class T>
inline constexpr bool bytes = std::is_trivially_copyable_v<T> && !slot<T>::is_boxed;

}  // namespace item_moves

/// Items of an edge when nobody says.
template <class T>
inline constexpr std::size_t default_items =
    std::is_trivially_copyable_v<T> && sizeof(T) < 256 ? std::size_t{64} * 1024 / sizeof(T) : 256;

template <class T>
inline constexpr item_type type_of{
    .size = sizeof(slot<T>),
    .alignment = alignof(slot<T>),
    .batch = batch_limit<T>,
    .default_items = default_items<T>,
    .type = type_info_of<T>(),
    .make = item_moves::maker<T>(),
    .unmake = slot<T>::is_reused ? &item_moves::unmake<T> : nullptr,
    .move = item_moves::bytes<T> ? nullptr : &item_moves::move<T>,
    .move_out = item_moves::bytes<T> ? nullptr : &item_moves::move_out<T>,
    .destroy = std::is_trivially_destructible_v<slot<T>> ? nullptr : &item_moves::destroy<T>,
    .item = &item_moves::item<T>};

/// Nothing comes out of a step that returns nothing.
template <class T>
constexpr const item_type* type_or_none() noexcept {
    if constexpr (std::is_void_v<T>) {
        return nullptr;
    } else {
        return &type_of<T>;
    }
}

/// Memory for some cells; knows nothing of which are filled.
class cell_block {
public:
    cell_block() = default;
    /// May throw `std::bad_alloc`.
    cell_block(const item_type& type, std::size_t cells);

    cell_block(const cell_block&) = delete;
    cell_block& operator=(const cell_block&) = delete;
    ~cell_block();

    void swap(cell_block& other) noexcept {
        std::swap(type_, other.type_);
        std::swap(cells_, other.cells_);
        std::swap(first_, other.first_);
    }

    [[nodiscard]] std::size_t cells() const noexcept { return cells_; }

    /// When there are cells.
    [[nodiscard]] const item_type& type() const noexcept { return *type_; }

    [[nodiscard]] void* at(std::size_t i) const noexcept { return first_ + i * type_->size; }

    template <class T>
    [[nodiscard]] slot<T>* raw() const noexcept {
        return reinterpret_cast<slot<T>*>(first_);
    }

    /// Moves `n` cells from `from` on to the place `i`.
    void take_in(std::size_t i, void* from, std::size_t n) noexcept;
    /// Destroys the items in `n` cells from place `i` on.
    void destroy(std::size_t i, std::size_t n) noexcept;

private:
    const item_type* type_ = nullptr;
    std::size_t cells_ = 0;
    std::byte* first_ = nullptr;
};

/// One item of any type, in memory of its own.
class item_box {
public:
    item_box() = default;

    /// Moves the item out of `cell`, which remains to be destroyed. May throw `std::bad_alloc`,
    /// and then has not moved anything.
    item_box(const item_type& type, void* cell);

    /// Likewise, from anywhere.
    template <class T>
    static item_box of(T&& item) {
        using plain = std::remove_cvref_t<T>;
        item_box box(type_of<plain>);
        fill_cell<plain>(box.block_.template raw<plain>(), std::forward<T>(item));
        box.filled_ = true;
        return box;
    }

    item_box(item_box&& other) noexcept { swap(other); }

    item_box& operator=(item_box&& other) noexcept {
        item_box(std::move(other)).swap(*this);
        return *this;
    }

    item_box(const item_box&) = delete;
    item_box& operator=(const item_box&) = delete;

    ~item_box() { reset(); }

    explicit operator bool() const noexcept { return filled_; }

    void reset() noexcept;

    // When filled:
    [[nodiscard]] void* cell() const noexcept { return block_.at(0); }

    [[nodiscard]] const item_type& type() const noexcept { return block_.type(); }

    template <class T>
    [[nodiscard]] bool holds() const noexcept {
        return *type().type == *type_info_of<T>();
    }

private:
    explicit item_box(const item_type& type) : block_(type, 1) {}

    void swap(item_box& other) noexcept {
        block_.swap(other.block_);
        std::swap(filled_, other.filled_);
    }

    cell_block block_;
    bool filled_ = false;
};

}  // namespace paipa::detail
#endif
