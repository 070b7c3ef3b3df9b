#ifndef PAIPA_DETAIL_ORDER_ORDER_HPP
#define PAIPA_DETAIL_ORDER_ORDER_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace paipa::detail {

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

/// Items in a row that leave together, at most.
inline constexpr std::size_t run_limit = 64;

/// The outputs of some items in a row, which leave together.
struct output_run {
    /// Of several items, none has more than one output.
    [[nodiscard]] std::size_t items_with_outputs() const noexcept {
        return std::min(items, outputs.size());
    }

    /// Outputs that have left one by one leave their places.
    void forget() noexcept { outputs.forget(std::exchange(gone, 0)); }

    output_list outputs;
    std::size_t items = 0;
    std::size_t gone = 0;  // outputs that have left, from the first on
};

/// Puts the outputs of parallel workers back into the order of the inputs.
///
/// A ring, keyed by the number of a run's first item; the edge in front of the step hands out items
/// only while they fit (`edge_core::set_window`), so the first missing item always has its place.
/// Guarded by that edge's mutex. One worker at a time, the one that holds `leaving`, hands outputs
/// on.
class order_ring {
public:
    explicit order_ring(std::size_t window);

    /// Takes the run that begins with this item, and leaves an empty one.
    void put(std::uint64_t number, output_run& run) noexcept;
    /// Moves the run that begins with this item into `to`, whose outputs have left, and returns how
    /// many items it has; 0: the item is not done.
    std::size_t take(std::uint64_t number, output_run& to) noexcept;
    /// Moves outputs of the run that begins with this item to the end of `to`, at most `room`.
    /// Returns how many, and how many items are gone: those of the run, once all its outputs are.
    std::pair<std::size_t, std::size_t> take(std::uint64_t number, ring& to,
                                             std::size_t room) noexcept;
    /// At the end of a run that failed or was cancelled: empties the ring. Returns how many items
    /// were in it, and how many of them had outputs.
    std::pair<std::size_t, std::size_t> give_up() noexcept;

    bool leaving = false;

private:
    std::size_t mask_;
    std::unique_ptr<output_run[]> places_;
    std::vector<output_list> spares_;  // emptied lists: the memory used last is used first
};

}  // namespace paipa::detail
#endif
