#ifndef PAIPA_TESTS_TICKET_BOOK_HPP
#define PAIPA_TESTS_TICKET_BOOK_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>
#include <paipa/runtime.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

/// A window whose tickets are written down when they end. At its end, when the run is gone, each
/// ticket must have ended, and none twice.
class ticket_book {
public:
    ticket_book(paipa::runtime& rt, std::size_t places)
        : window_(rt, places, [this](const paipa::detail::ticket& t) {
              const std::lock_guard lock(mutex_);
              EXPECT_TRUE(ended_.emplace(t.number(), t.outcome()).second) << t.number();
          }) {}

    ticket_book(const ticket_book&) = delete;
    ticket_book& operator=(const ticket_book&) = delete;

    ~ticket_book() {
        EXPECT_TRUE(window_.is_empty());
        EXPECT_EQ(ended_.size(), window_.opened());
    }

    [[nodiscard]] paipa::detail::window& window() noexcept { return window_; }

    /// A ticket for the next item. Waits for its place.
    paipa::detail::ticket_share open() {
        window_.wait_for_place();
        return window_.try_open();
    }

    /// How the item with this number has ended. None: it has not.
    std::optional<paipa::detail::final_outcome> outcome_of(std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        const auto found = ended_.find(number);
        return found == ended_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    std::mutex mutex_;  // guards the next
    std::map<std::uint64_t, paipa::detail::final_outcome> ended_;
    paipa::detail::window window_;
};

/// Tickets travel on all edges of the run. Before its start.
inline void carry_tickets(paipa::detail::run_core& run) {
    paipa::detail::graph& g = run.parts().graph;
    for (const auto& e : g.edges) {
        e->carry_tickets();
    }
    if (g.results != nullptr) {
        g.results->edge.carry_tickets();
    }
}
#endif
