#ifndef PAIPA_DETAIL_STAGE_STAGE_RUN_HPP
#define PAIPA_DETAIL_STAGE_STAGE_RUN_HPP
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <string>
#include <utility>

namespace paipa::detail {

/// What the steps of a run on threads tell it. All calls may come from any worker.
class stage_run : public run_base {
public:
    stage_run(runtime& r, pipeline_options&& o) : run_base(r), options(std::move(o)) {}

    stage_run(const stage_run&) = delete;
    stage_run& operator=(const stage_run&) = delete;
    virtual ~stage_run();

    /// Ends the run. `what` is the failure's text; empty: that of the error.
    virtual void fail(const worker_context& at, const char* where, unsigned attempt,
                      std::exception_ptr error, std::string what) noexcept = 0;

    void fail(const worker_context& at, const char* where, std::exception_ptr error) noexcept {
        fail(at, where, 0, std::move(error), {});
    }

    virtual void add_dead_letter(dead_letter letter) = 0;

    /// The last step has made progress: a notice may be due.
    virtual void notice(time_point now) noexcept = 0;

    /// Tells the tracker, when there is one; what it throws is logged.
    template <class F>
    void tell_tracker(F f) noexcept {
        if (options.tracker != nullptr) {
            try {
                f(*options.tracker);
            } catch (...) {
                log_exception("the tracker");
            }
        }
    }

    /// The same from a worker, which `explain` then finds there.
    template <class F>
    void tell_tracker(worker_context& at, F f) noexcept {
        if (options.tracker != nullptr) {
            at.times.visit("the tracker");
            tell_tracker(std::move(f));
            at.times.visit(nullptr);
        }
    }

    /// Logs the exception in flight, which `who` threw.
    void log_exception(const char* who) const noexcept;

    /// Names the pipeline in messages.
    [[nodiscard]] std::string label() const;

    const pipeline_options options;
};

}  // namespace paipa::detail
#endif
