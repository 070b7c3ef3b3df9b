#include <paipa/engine/edge.hpp>
#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/result_port.hpp>
#include <paipa/engine/run_core.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <memory>

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
    seat* const me = &rt.here();
    while (true) {
        seat* other = nullptr;
        const bool claimed = results->reader.compare_exchange_strong(other, me);
        if (claimed || other == me) {  // a range of the calling thread reads nothing meanwhile
            results->discard(until);
            if (claimed) {
                reader_left();
            }
            return wait(until);
        }
        if (wait(until, &results->reader)) {
            return true;
        }
        if (until != never && rt.now() >= until) {
            return false;
        }
    }
}

// Input
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
    seat* nobody = nullptr;
    if (!results->reader.compare_exchange_strong(nobody, &rt.here())) {
        throw state_error(label() + ": results: expected no other reader, got a second one");
    }
}

void run_core::begin_reading() {
    if (state() == run_state::ready) {
        check_run();
        start("results");
    }
    results->reader.store(&rt.here());
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
    results->reader.store(nullptr);
    wake_waiters();
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
        leave_behind();
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
