#ifndef PAIPA_DETAIL_RUN_LET_GO_HPP
#define PAIPA_DETAIL_RUN_LET_GO_HPP
#include <paipa/time.hpp>

#include <chrono>
#include <memory>

namespace paipa::detail {

class run_core;

/// How long a daemon pipeline's destructor waits for threads that are about to end anyway.
inline constexpr duration daemon_grace = std::chrono::milliseconds{100};

/// Does the work of a pipeline's destructor: ends the run, and logs a failure and lost items that
/// no call has told. The pipeline's calls may still come from other threads.
void let_go(const std::shared_ptr<run_core>& run) noexcept;

}  // namespace paipa::detail
#endif
