#ifndef PAIPA_DETAIL_RUN_IN_RUN_HPP
#define PAIPA_DETAIL_RUN_IN_RUN_HPP
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>

namespace paipa::detail {

/// While this lives the calling thread belongs to the run: calls from user code on it only ask for
/// the run's end, and do not wait for it.
class in_run {
public:
    in_run(runtime& rt, worker_context& core)
        : place_(rt.here()), before_(seat_access::worker(place_)) {
        core.around = before_;
        seat_access::worker(place_) = &core;
    }

    in_run(const in_run&) = delete;
    in_run& operator=(const in_run&) = delete;

    ~in_run() { seat_access::worker(place_) = before_; }

private:
    seat& place_;
    worker_context* before_;
};

}  // namespace paipa::detail
#endif
