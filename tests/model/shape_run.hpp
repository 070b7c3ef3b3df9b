#ifndef PAIPA_TESTS_MODEL_SHAPE_RUN_HPP
#define PAIPA_TESTS_MODEL_SHAPE_RUN_HPP
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>

#include "shape.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace model {

/// What a run of a shape came to.
struct shape_end {
    paipa::report books{};
    bool failed = false;
    std::vector<traveller> seen{};                            // by the sink, in this order
    std::vector<std::pair<int, std::size_t>> entries_seen{};  // and after how many items
};

/// Builds the shape's run by hand, and runs it. Two shapes cannot share one runtime at once.
shape_end run_shape(const shape& s, paipa::runtime& rt);

/// What is wrong with the end of a run without failures and without an early end: empty if nothing
/// is. The sequential model says which items come by which ways, how many of them come before each
/// entry, and which of them keep their order.
std::string check_all(const shape& s, const shape_end& end);

/// What is wrong whatever happened.
std::string check_books(const shape& s, const shape_end& end);

}  // namespace model
#endif
