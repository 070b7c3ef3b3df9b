#ifndef PAIPA_DETAIL_RUN_RUN_THREAD_HPP
#define PAIPA_DETAIL_RUN_RUN_THREAD_HPP
#include <cstddef>

namespace paipa::detail {

class run_core;
class source_core;
class step_core;

/// What the threads of a run do, from their first to their last line.
void run_worker(run_core& run, step_core& step, std::size_t index) noexcept;
void run_timer(run_core& run, step_core& step) noexcept;
void run_source(run_core& run, source_core& source) noexcept;

/// A worker of the step has ended, or never started. The last one ends the step: its hook runs, and
/// the edge behind it closes.
void step_left(run_core& run, step_core& step) noexcept;

}  // namespace paipa::detail
#endif
