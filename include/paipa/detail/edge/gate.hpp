#ifndef PAIPA_DETAIL_EDGE_GATE_HPP
#define PAIPA_DETAIL_EDGE_GATE_HPP
#include <paipa/time.hpp>

#include <cstddef>

namespace paipa::detail {

/// Decides how many items may come into an edge, within its capacity.
///
/// Threads: both calls run under the edge's mutex, so they take no time, and call nothing of the
///          edge.
class gate {
public:
    struct answer {
        std::size_t slots = 0;         // items that may come in now, at most the free slots
        bool drops = false;            // without a slot: the item is dropped, and nobody waits
        time_point ask_again = never;  // without a slot; never: if something else changes
    };

    gate() = default;
    gate(const gate&) = delete;
    gate& operator=(const gate&) = delete;
    virtual ~gate() = default;

    /// A writer needs a slot, or a reader wants to pull from an ordered step in front. `used`
    /// counts the slots that are taken, also by writers that reserved them.
    virtual answer ask(std::size_t used, std::size_t free, time_point now) noexcept = 0;

    /// So many items were dropped, as its last answer said.
    virtual void dropped(std::size_t items) noexcept = 0;
};

}  // namespace paipa::detail
#endif
