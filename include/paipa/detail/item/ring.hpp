#ifndef PAIPA_DETAIL_ITEM_RING_HPP
#define PAIPA_DETAIL_ITEM_RING_HPP
#include <paipa/detail/item/item_type.hpp>

#include <cstddef>
#include <utility>

namespace paipa::detail {

/// First in, first out; grows by doubling, keeps its memory.
///
/// Threads: none; the owner's mutex guards it.
/// Errors:  `reserve` may throw `std::bad_alloc` and then changes nothing.
class ring {
public:
    explicit ring(const item_type& type) noexcept : type_(&type) {}

    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring();

    /// With a ring of the same type.
    void swap(ring& other) noexcept {
        block_.swap(other.block_);
        std::swap(first_, other.first_);
        std::swap(size_, other.size_);
    }

    [[nodiscard]] const item_type& type() const noexcept { return *type_; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Makes room for `more` further items.
    void reserve(std::size_t more) {
        if (size_ + more > block_.cells()) {
            resize(size_ + more);
        }
    }

    /// Gives back memory, as long as there is far more than `needed` items take.
    void shrink(std::size_t needed) noexcept;

    /// Raw memory behind the last item; there must be room. `added` makes it the last item.
    [[nodiscard]] void* end() noexcept {
        return block_.at((first_ + size_) & (block_.cells() - 1));
    }

    void added() noexcept { ++size_; }

    /// Moves `n` cells to the end; there must be room.
    void take_in(void* from, std::size_t n) noexcept;
    /// Moves the first `n` items to the beginning of `to`.
    void hand_out(cell_block& to, std::size_t n) noexcept;

private:
    void resize(std::size_t cells);
    template <class F>
    void in_runs(std::size_t at, std::size_t n, F f) noexcept;

    const item_type* const type_;
    cell_block block_;  // zero cells, or a power of two
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace paipa::detail
#endif
