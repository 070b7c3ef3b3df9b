#ifndef PAIPA_DETAIL_ITEM_REQUEUE_NOTE_HPP
#define PAIPA_DETAIL_ITEM_REQUEUE_NOTE_HPP
#include <paipa/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace paipa::detail {

/// Goes with an item that its step has given back without a delay. A step that waits in this way
/// for another item would use a whole processor, so the item backs off: where nothing else has
/// happened at the edge since it was given back last, it waits, each time for twice as long.
struct requeue_note {
    static constexpr unsigned free_rounds = 4;
    static constexpr duration first_pause = std::chrono::milliseconds{1};
    static constexpr duration last_pause = std::chrono::milliseconds{100};

    /// The item is given back once more. `moves` grows with everything else that happens.
    void give_back(std::uint64_t moves_now) noexcept {
        rounds = rounds > 0 && moves == moves_now ? rounds + 1 : 1;
        moves = moves_now;
    }

    /// Nothing else has happened for some rounds.
    [[nodiscard]] bool is_in_vain() const noexcept { return rounds > free_rounds; }

    [[nodiscard]] duration pause() const noexcept {
        if (!is_in_vain()) {
            return duration::zero();
        }
        const unsigned doublings = std::min(rounds - free_rounds - 1, 7U);
        return std::min(last_pause, first_pause * (1U << doublings));
    }

    std::uint64_t moves = 0;   // at the edge, when the item was given back last
    std::uint64_t behind = 0;  // as many items were pushed before: those go first
    unsigned rounds = 0;       // in a row, in which nothing else has happened
};

}  // namespace paipa::detail
#endif
