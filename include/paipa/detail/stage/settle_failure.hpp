#ifndef PAIPA_DETAIL_STAGE_SETTLE_FAILURE_HPP
#define PAIPA_DETAIL_STAGE_SETTLE_FAILURE_HPP
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>

#include <functional>
#include <vector>

namespace paipa::detail {

/// Applies the failure policy of a worker's step to a failed try, on threads, fused and inline
/// alike. An item that is dead or dropped, or whose failure ends the run, is counted in the
/// worker's books; a dead letter gets the names of step and worker. An item that is tried again
/// waits in `back`, or with its worker.
item_outcome settle_failure(worker_context& w, failed_try& f, std::vector<retry_entry>& back,
                            const std::function<void(dead_letter)>& add_dead_letter);

}  // namespace paipa::detail
#endif
