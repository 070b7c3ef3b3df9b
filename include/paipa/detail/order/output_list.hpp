#ifndef PAIPA_DETAIL_ORDER_OUTPUT_LIST_HPP
#define PAIPA_DETAIL_ORDER_OUTPUT_LIST_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/slot.hpp>

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

namespace paipa::detail {

/// At most so many items in a row leave together.
inline constexpr std::size_t run_limit = 64;

/// A list takes at least this much memory, or as much as a run of items needs: a list that grows
/// while it goes from worker to worker would allocate again and again.
inline constexpr std::size_t list_bytes = 256;

/// The outputs of one item. Emptied, it keeps its memory; lists are swapped from hand to hand, so
/// that memory goes round.
class output_list {
public:
    output_list() = default;

    output_list(output_list&& other) noexcept { swap(other); }

    output_list(const output_list&) = delete;
    output_list& operator=(const output_list&) = delete;
    output_list& operator=(output_list&&) = delete;

    ~output_list() { clear(); }

    void swap(output_list& other) noexcept {
        block_.swap(other.block_);
        std::swap(size_, other.size_);
    }

    template <class T, class U>
    void add(U&& item) {
        if (size_ == block_.cells()) {
            grow(type_of<T>, std::max<std::size_t>(1, 2 * size_));
        }
        fill_cell<T>(block_.raw<T>() + size_, std::forward<U>(item));
        ++size_;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Of memory.
    [[nodiscard]] std::size_t bytes() const noexcept {
        return block_.cells() == 0 ? 0 : block_.cells() * block_.type().size;
    }

    [[nodiscard]] void* cell(std::size_t i) const noexcept { return block_.at(i); }

    template <class T>
    [[nodiscard]] T& at(std::size_t i) const noexcept {
        return std::launder(block_.raw<T>() + i)->get();
    }

    /// Destroys one item, whose cell is raw from now on.
    void drop(std::size_t i) noexcept { block_.destroy(i, 1); }

    /// Appends all that is in `other`, which is empty then.
    void append(output_list& other);
    /// Likewise some of it, whose cells are raw then; `other` need not know yet, see `forget`.
    void append(const output_list& other, std::size_t first, std::size_t last);

    /// Without other memory than it has, unless it has none.
    [[nodiscard]] bool has_room_for(const output_list& more) const noexcept {
        return block_.cells() == 0 || size_ + more.size_ <= block_.cells();
    }

    /// Forgets the first `n` items, which have left their cells.
    void forget(std::size_t n) noexcept;
    void clear() noexcept;

private:
    void grow(const item_type& type, std::size_t cells);

    cell_block block_;
    std::size_t size_ = 0;
};

}  // namespace paipa::detail
#endif
