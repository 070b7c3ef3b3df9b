#ifndef PAIPA_DETAIL_EDGE_VALVE_HPP
#define PAIPA_DETAIL_EDGE_VALVE_HPP
#include <paipa/time.hpp>

#include <cstddef>

namespace paipa::detail {

/// Decides how many items of an edge may go to the step behind it: new ones, and those that are
/// tried again.
///
/// Threads: both calls run under the edge's mutex, so they take no time, and call nothing of the
///          edge.
class valve {
public:
    struct answer {
        std::size_t items = 0;         // that may go now
        time_point ask_again = never;  // when more may go; never: if something else changes
    };

    valve() = default;
    valve(const valve&) = delete;
    valve& operator=(const valve&) = delete;
    virtual ~valve() = default;

    /// A reader looks for items.
    virtual answer ask(time_point now) noexcept = 0;

    /// So many items go, no more than the last answer allowed.
    virtual void let_out(std::size_t items) noexcept = 0;
};

}  // namespace paipa::detail
#endif
