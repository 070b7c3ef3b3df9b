#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/stall_watch.hpp>
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

namespace paipa::detail {
namespace {

/// Holds a run, and never lets it go.
union kept_for_ever {
    explicit kept_for_ever(const std::shared_ptr<run_core>& r) noexcept : run(r) {}

    kept_for_ever(const kept_for_ever&) = delete;
    kept_for_ever& operator=(const kept_for_ever&) = delete;

    ~kept_for_ever() {}

    std::shared_ptr<run_core> run;
};

bool is_closed_error_in_flight() {
    try {
        throw;
    } catch (const closed_error&) {
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace

report run_core::run() {
    check_run();
    start("run");
    return end("run");
}

report run_core::stop() {
    refuse_in_forked_child("stop");
    if (state() == run_state::ready) {
        return books();  // clean-up code may call it in any case
    }
    finish();
    return end("stop");
}

report run_core::run_forever() {
    start("run_forever");
    return end("run_forever");
}

report run_core::drain(duration timeout) {
    refuse_in_forked_child("drain");
    if (state() == run_state::ready) {
        return books();
    }
    start_draining();
    if (on_own_thread()) {
        return books();
    }
    if (!wait_end(later(rt.now(), timeout), "drain")) {
        cancel("the time to drain is over");
        stall_watch watch(*this, "drain");
        if (!wait(later(rt.now(), stuck_after), watch)) {
            log(log_level::error, explain());
            return books();
        }
    }
    rethrow_failure();
    return books();
}

void run_core::cancel_and_wait() {
    if (in_forked_child()) {
        return;  // the body's exception tells more
    }
    cancel("the run was cancelled", true);  // the body's exception is the news
    if (!on_own_thread()) {
        wait_end(never, "run_while");
    }
}

void run_core::body_threw() {
    const bool is_consequence = state() == run_state::failed && is_closed_error_in_flight();
    if (is_consequence) {
        failure body;
        body.error = std::current_exception();
        body.step = "run_while";
        body.where = "body";
        body.what = describe(body.error);
        body.when = rt.now();
        note(body, {});
    }
    cancel_and_wait();
    if (is_consequence) {
        rethrow_failure();
    }
}

report run_core::end(const char* who) {
    if (on_own_thread()) {
        return books();  // a step may only ask for the end; it cannot wait for itself
    }
    wait_end(never, who);
    rethrow_failure();
    return books();
}

/// A mutex that another thread held at the fork stays locked here, so this one does not wait for
/// it.
bool run_core::in_forked_child() const noexcept {
    if (!process_.is_elsewhere()) {
        return false;
    }
    const std::unique_lock lock(mutex_, std::try_to_lock);
    return !lock.owns_lock() || !joined_;
}

void run_core::refuse_in_forked_child(const char* who) const {
    if (in_forked_child()) {
        throw state_error(label() + ": " + who +
                          ": expected the process that started the run, got a forked copy of it, "
                          "which has none of the run's threads; fork before the start");
    }
}

// Input
edge& run_core::intake() const noexcept {
    return *edges.front();
}

void run_core::check_put(const char* who) const {
    refuse_in_forked_child(who);
    if (finishing_.load()) {
        throw closed_error(label() + ": " + who + ": no more items are taken: " + closed_why());
    }
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

// The end of the pipeline
void run_core::let_go(const std::shared_ptr<run_core>& run) noexcept {
    if (run->in_forked_child()) {
        const kept_for_ever owner(run);  // its threads are the parent's
        return;
    }
    try {
        run->end_for_destructor();
        run->log_unseen();
    } catch (...) {
        log(log_level::error, run->label() + ": destructor: " + describe(std::current_exception()));
    }
}

void run_core::end_for_destructor() {
    if (state() == run_state::ready) {
        cancel("the pipeline was destroyed before it ran");
    } else if (on_own_thread()) {
        finish();
        if (results != nullptr) {
            results->edge.cancel("the pipeline was destroyed");  // nobody will read them
        }
    } else if (options.daemon) {
        cancel("the daemon pipeline was destroyed");
        stall_watch watch(*this, "destructor");
        wait(later(rt.now(), daemon_grace), watch);
        leave_behind();
    } else {
        if (has_lost_its_reader()) {
            results->edge.cancel("the reader of the results has left");
            end_early("the reader of the results has left", steps.size());
        } else if (std::uncaught_exceptions() > unwinding_) {
            start_draining();
        } else {
            finish();
        }
        wait_end(never, "destructor");
    }
}

void refuse_moved_from() {
    throw state_error("paipa::pipeline: expected a pipeline, got one that was moved from");
}

}  // namespace paipa::detail
