#ifndef PAIPA_DETAIL_ORDER_REORDER_BUFFER_HPP
#define PAIPA_DETAIL_ORDER_REORDER_BUFFER_HPP
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/order/output_list.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace paipa::detail {

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
/// Guarded by that edge's mutex. One worker at a time, the one whose turn it is, hands outputs on.
class reorder_buffer {
public:
    explicit reorder_buffer(std::size_t window);

    /// Takes the run that begins with this item, and leaves an empty one.
    void put(std::uint64_t number, output_run& run) noexcept;
    /// Moves the run that begins with this item into `to`, whose outputs have left, and returns how
    /// many items it has; 0: the item is not done.
    std::size_t take(std::uint64_t number, output_run& to) noexcept;
    /// Moves outputs of the run that begins with this item to the end of `to`, at most `room`.
    /// Returns how many, and how many items are gone: those of the run, once all its outputs are.
    std::pair<std::size_t, std::size_t> take(std::uint64_t number, ring& to,
                                             std::size_t room) noexcept;
    /// At the end of a run that failed or was cancelled: empties the buffer. Returns how many items
    /// were in it, and how many of them had outputs.
    std::pair<std::size_t, std::size_t> give_up() noexcept;

private:
    std::size_t mask_;
    std::unique_ptr<output_run[]> places_;
    std::vector<output_list> spares_;  // emptied lists: the memory used last is used first
};

}  // namespace paipa::detail
#endif
