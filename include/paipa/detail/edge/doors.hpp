#ifndef PAIPA_DETAIL_EDGE_DOORS_HPP
#define PAIPA_DETAIL_EDGE_DOORS_HPP
#include <paipa/detail/edge/gate.hpp>
#include <paipa/detail/edge/valve.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace paipa::detail {

/// The two doors of an edge: its gate and its valve. Without a gate an item comes in when it finds
/// a free slot. Without a valve it goes out when it is ready. A door is asked once in each
/// pass of a writer or a reader, and not for each item.
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

    /// A reader looks for items. `may_go` and `ask_again` repeat the answer until the valve is
    /// asked again, so an item that comes in wakes no reader while the valve is shut.
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
