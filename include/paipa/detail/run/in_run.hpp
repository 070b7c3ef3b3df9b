#ifndef PAIPA_DETAIL_RUN_IN_RUN_HPP
#define PAIPA_DETAIL_RUN_IN_RUN_HPP
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>

namespace paipa::detail {

/// While this lives the calling thread belongs to the run: calls from user code on it only ask for
/// the run's end, and do not wait for it.
class in_run {
public:
    in_run(runtime& rt, worker_context& core) : place_(rt.here()), before_(place_.owner) {
        core.around = static_cast<const worker_context*>(before_);
        place_.owner = &core;
    }

    in_run(const in_run&) = delete;
    in_run& operator=(const in_run&) = delete;

    ~in_run() { place_.owner = before_; }

private:
    seat& place_;
    void* before_;
};

}  // namespace paipa::detail
#endif
