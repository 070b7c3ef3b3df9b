#include <paipa/engine/edge.hpp>
#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/result_port.hpp>
#include <paipa/engine/run_core.hpp>
#include <paipa/engine/waking_lock.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <memory>
#include <mutex>

// What the calls of a pipeline do: run, wait, read, let go.

namespace paipa::engine {
namespace {

/// Holds a run, and never lets it go.
union kept_for_ever {
    explicit kept_for_ever(const std::shared_ptr<run_core>& r) noexcept : run(r) {}

    kept_for_ever(const kept_for_ever&) = delete;
    kept_for_ever& operator=(const kept_for_ever&) = delete;

    ~kept_for_ever() {}

    std::shared_ptr<run_core> run;
};

}  // namespace

report run_core::run() {
    check_run();
    start("run");
    return end(never);
}

report run_core::stop() {
    check_ran("stop");
    finish();
    return end(never);
}

report run_core::run_forever() {
    start("run_forever");
    return end(never);
}

report run_core::drain(duration timeout) {
    check_ran("drain");
    start_draining();
    if (on_own_thread()) {
        return books();
    }
    if (!wait_end(later(rt.now(), timeout))) {
        cancel("the time to drain is over");
        if (!wait(later(rt.now(), stuck_after))) {
            log(log_level::error, explain());
            return books();
        }
    }
    rethrow_failure();
    return books();
}

void run_core::cancel_and_wait() {
    cancel("the run was cancelled");
    if (!on_own_thread()) {
        wait_end(never);
    }
}

void run_core::check_ran(const char* who) const {
    if (state() == run_state::ready) {
        throw state_error(label() + ": " + who +
                          ": expected a run that has begun, got one that has not");
    }
}

report run_core::end(time_point until) {
    if (on_own_thread()) {
        return books();  // a step may only ask for the end; it cannot wait for itself
    }
    wait_end(until);
    rethrow_failure();
    return books();
}

/// Waits for the end, or the time; results that nobody reads are thrown away meanwhile.
bool run_core::wait_end(time_point until) {
    if (results == nullptr) {
        return wait(until);
    }
    while (!begin_discarding()) {
        if (wait(until, true)) {
            return true;
        }
        if (until != never && rt.now() >= until) {
            return false;
        }
    }
    try {
        results->discard(until);
    } catch (...) {  // no memory beside an item that a reader holds
        end_discarding();
        throw;
    }
    end_discarding();
    return wait(until);
}

// Input
edge& run_core::intake() const noexcept {
    return *edges.front();
}

call_site run_core::site(const char* who) const {
    return [this, who] { return label() + ": " + who; };
}

bool run_core::puts_inside(time_point until) const {
    return until == never && on_own_thread();
}

void run_core::refuse_put_inside(const char* who) const {
    throw state_error(label() + ": " + who +
                      ": expected room in the intake, got a full one: a step that waits for "
                      "its own pipeline could wait for ever; use try_put or put_for");
}

// Results
void run_core::reader_came() {
    refuse_reading_inside();
    const std::lock_guard lock(mutex_);
    if (has_range_ || discarding_) {
        throw state_error(label() + ": results: expected no other reader, got a second one");
    }
    has_range_ = true;
    reader_ = &rt.here();
}

void run_core::begin_reading() {
    refuse_reading_inside();
    if (state() == run_state::ready) {
        check_run();
        start("results");
    }
    rt.point();
    waking_lock lock(rt, mutex_);
    while (discarding_) {
        lock.wait(waiting_, never);
    }
    reader_ = &rt.here();
}

void run_core::refuse_reading_inside() const {
    if (on_own_thread()) {
        throw state_error(label() +
                          ": results: expected a reader outside of the run, got one of its own "
                          "threads, which would wait for itself; hand on to another step instead");
    }
}

/// Under the lock: a range of the calling thread reads nothing meanwhile, one of another may.
bool run_core::may_discard() const {
    return !discarding_ && (!has_range_ || reader_ == &rt.here());
}

bool run_core::begin_discarding() {
    const std::lock_guard lock(mutex_);
    const bool mine = may_discard();
    discarding_ = discarding_ || mine;
    return mine;
}

void run_core::end_discarding() noexcept {
    waking_lock lock(rt, mutex_);
    discarding_ = false;
    lock.wake_all(waiting_);
}

void* run_core::next_result() {
    if (results->next(never)) {
        return results->current();
    }
    if (!on_own_thread()) {
        wait(never);
        rethrow_failure();
    }
    return nullptr;
}

void run_core::reader_left() noexcept {
    waking_lock lock(rt, mutex_);
    has_range_ = false;
    lock.wake_all(waiting_);
}

// The end of the pipeline
void run_core::let_go(const std::shared_ptr<run_core>& run) noexcept {
    if (run->in_forked_child()) {
        const kept_for_ever owner(run);  // its threads are the parent's
        return;
    }
    try {
        run->wind_up();
        run->log_unseen();
    } catch (...) {
        log(log_level::error, run->label() + ": destructor: " + describe(std::current_exception()));
    }
}

void run_core::wind_up() {
    if (state() == run_state::ready) {
        cancel("the pipeline was destroyed before it ran");
    } else if (on_own_thread()) {
        finish();
        if (results != nullptr) {
            results->edge.cancel("the pipeline was destroyed");  // nobody will read them
        }
    } else if (options.daemon) {
        cancel("the daemon pipeline was destroyed");
        wait(later(rt.now(), daemon_grace));
        leave_behind();
    } else {
        std::uncaught_exceptions() > unwinding_ ? start_draining() : finish();
        wait_end(never);
    }
}

}  // namespace paipa::engine
