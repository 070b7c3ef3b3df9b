#ifndef PAIPA_TESTS_MODEL_SHAPE_RUN_HPP
#define PAIPA_TESTS_MODEL_SHAPE_RUN_HPP
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>

#include "../ticket_book.hpp"
#include "shape.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace model {

/// What a run of a shape came to.
struct shape_end {
    paipa::report books{};
    bool failed = false;
    std::vector<traveller> seen{};                            // by the sink, in this order
    std::vector<std::pair<int, std::size_t>> entries_seen{};  // and after how many items
    std::vector<traveller> too_late{};  // whose tickets had ended before the sink saw them
    ticket_book* book = nullptr;        // of the tickets, if any

    /// The sink sees an item.
    void see(const traveller& t) {
        seen.push_back(t);
        if (book != nullptr && book->outcome_of(static_cast<std::uint64_t>(t.id))) {
            too_late.push_back(t);
        }
    }
};

/// Builds the shape's run by hand, and runs it. Two shapes cannot share one runtime at once. With a
/// book, each item has a ticket of it.
shape_end run_shape(const shape& s, paipa::runtime& rt, ticket_book* book = nullptr);

}  // namespace model
#endif
