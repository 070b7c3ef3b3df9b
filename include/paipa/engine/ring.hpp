#ifndef PAIPA_ENGINE_RING_HPP
#define PAIPA_ENGINE_RING_HPP
#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

namespace paipa::engine {

/// First in, first out; grows by doubling, keeps its memory. `S` moves without throwing.
///
/// Threads: none; the owner's mutex guards it.
/// Errors:  `reserve` may throw `std::bad_alloc` and then changes nothing.
template <class S>
class ring {
public:
    ring() = default;

    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;

    ~ring() {
        while (size_ > 0) {
            drop();
        }
        std::allocator<S>{}.deallocate(cells_, room_);
    }

    void swap(ring& other) noexcept {
        std::swap(cells_, other.cells_);
        std::swap(room_, other.room_);
        std::swap(first_, other.first_);
        std::swap(size_, other.size_);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    S& front() noexcept { return cells_[first_]; }

    /// Makes room for `more` further items.
    void reserve(std::size_t more) {
        if (size_ + more > room_) {
            grow(std::bit_ceil(std::max<std::size_t>(size_ + more, 8)));
        }
    }

    /// Adds at the end; there must be room.
    void push(S&& item) noexcept {
        std::construct_at(cells_ + ((first_ + size_) & (room_ - 1)), std::move(item));
        ++size_;
    }

    /// Removes the first item.
    void drop() noexcept {
        std::destroy_at(cells_ + first_);
        first_ = (first_ + 1) & (room_ - 1);
        --size_;
    }

private:
    void grow(std::size_t room) {
        S* const cells = std::allocator<S>{}.allocate(room);
        const std::size_t kept = size_;
        for (std::size_t i = 0; size_ > 0; ++i) {
            std::construct_at(cells + i, std::move(front()));
            drop();
        }
        std::allocator<S>{}.deallocate(cells_, room_);
        cells_ = cells;
        room_ = room;
        first_ = 0;
        size_ = kept;
    }

    S* cells_ = nullptr;
    std::size_t room_ = 0;  // zero, or a power of two
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace paipa::engine
#endif
