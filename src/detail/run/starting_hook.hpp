#ifndef PAIPA_DETAIL_RUN_STARTING_HOOK_HPP
#define PAIPA_DETAIL_RUN_STARTING_HOOK_HPP
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/report.hpp>
#include <paipa/time.hpp>

namespace paipa::detail {

/// A hook of a worker on the thread that starts the run, before the worker has a thread of its own.
class starting_hook {
public:
    starting_hook(worker_context& core, const char* name) noexcept : core_(core) {
        core_.times.begin(core_.run.rt.now());
        core_.times.enter_hook(name, core_.run.rt.now());
    }

    starting_hook(const starting_hook&) = delete;
    starting_hook& operator=(const starting_hook&) = delete;

    ~starting_hook() {
        const time_point now = core_.run.rt.now();
        core_.times.leave_hook(now);
        core_.times.change(activity::ended, now);
    }

private:
    worker_context& core_;
};

}  // namespace paipa::detail
#endif
