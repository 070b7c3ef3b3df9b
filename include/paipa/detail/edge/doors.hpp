#ifndef PAIPA_DETAIL_EDGE_DOORS_HPP
#define PAIPA_DETAIL_EDGE_DOORS_HPP
#include <paipa/detail/edge/gate.hpp>
#include <paipa/detail/edge/valve.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace paipa::detail {

/// The two doors of an edge: its gate and its valve. Without them everything comes in that finds a
/// free slot, and everything goes out that is ready. They are asked once for a lock, not for each
/// item.
///
/// Threads: none; the edge's mutex guards it.
class doors {
public:
    /// Both before the run, and null for none. They outlive it.
    void set(gate* in, valve* out) noexcept {
        open_valve();
        gate_ = in;
        valve_ = out;
    }

    [[nodiscard]] gate* in() const noexcept { return gate_; }

    [[nodiscard]] bool has_valve() const noexcept { return valve_ != nullptr; }

    /// A reader looks for items: `may_go` and `ask_again` say what the valve has answered until it
    /// is asked again. A shut valve so wakes no reader when an item comes in.
    void ask_valve(time_point now) noexcept {
        const valve::answer a = valve_->ask(now);
        items_ = a.items;
        ask_again_ = a.ask_again;
    }

    /// The edge was cancelled: what is left may go.
    void open_valve() noexcept {
        valve_ = nullptr;
        items_ = std::numeric_limits<std::size_t>::max();
        ask_again_ = never;
    }

    /// At most so many of `n` items.
    [[nodiscard]] std::size_t may_go(std::size_t n) const noexcept { return std::min(n, items_); }

    /// Nothing may go.
    [[nodiscard]] bool are_shut() const noexcept { return items_ == 0; }

    /// When a reader has to ask a shut valve again.
    [[nodiscard]] time_point ask_again() const noexcept { return are_shut() ? ask_again_ : never; }

    /// So many items go.
    void let_out(std::size_t n) noexcept {
        if (valve_ != nullptr) {
            items_ -= n;
            valve_->let_out(n);
        }
    }

private:
    gate* gate_ = nullptr;
    valve* valve_ = nullptr;
    std::size_t items_ = std::numeric_limits<std::size_t>::max();
    time_point ask_again_ = never;
};

}  // namespace paipa::detail
#endif
