#ifndef PAIPA_DETAIL_STAGE_ADD_OUTCOMES_HPP
#define PAIPA_DETAIL_STAGE_ADD_OUTCOMES_HPP
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/report.hpp>

#include <cstdint>

namespace paipa::detail {

/// Adds to a step's row what one of its workers has counted: the outcomes of items, the outputs and
/// the retries.
void add_outcomes(step_report& row, const worker_context& w);

/// All items that have one of the outcomes.
[[nodiscard]] inline std::uint64_t gone(const step_report& row) noexcept {
    return row.finished + row.skipped + row.dead + row.dropped + row.abandoned;
}

}  // namespace paipa::detail
#endif
