#include <paipa/detail/stage/add_outcomes.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/report.hpp>

namespace paipa::detail {

void add_outcomes(step_report& row, const worker_context& w) {
    row.finished += w.left();
    row.skipped += w.skipped.get();
    row.dead += w.dead.get();
    row.dropped += w.dropped.get();
    row.abandoned += w.abandoned.get();
    row.emitted += w.emitted();
    row.retries += w.retries.get();
}

}  // namespace paipa::detail
