#include <paipa/detail/lazy/inline_timer.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>

namespace paipa::detail {

/// A chain may be walked inside of a step of some run. Then user code that hears a stop token is on
/// a thread of that run, too: it must not wait for the run's end, which waits for the chain.
inline_timer::inline_timer(worker_context& worker)
    : worker_(worker),
      timer_(worker.run.rt),
      clock_(worker, worker.step->options.item_timeout, timer_) {
    process_.note();
    runtime& rt = worker.run.rt;
    thread_ = rt.spawn(worker.step->name + "/timer",
                       [this, &rt, around = seat_access::worker(rt.here())] {
                           seat_access::worker(rt.here()) = around;
                           timer_.run();
                           seat_access::worker(rt.here()) = nullptr;
                       });
    worker.clock = &clock_;
}

/// A forked copy of the process has no such thread, and what joining it does there is undefined.
inline_timer::~inline_timer() {
    worker_.clock = nullptr;
    timer_.stop();
    if (process_.is_elsewhere()) {
        // NOLINTNEXTLINE(bugprone-unused-return-value): a forked child has no such thread
        static_cast<void>(thread_.release());
    } else {
        thread_->join();
    }
}

}  // namespace paipa::detail
