#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/detail/run/stopper.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <memory>
#include <string>

// What the calls of a pipeline do: run, wait, read.

namespace paipa::detail {
namespace {

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
    stopper(*this).drain();
    if (on_own_thread()) {
        return books();
    }
    if (!wait_end(later(rt.now(), timeout), "drain")) {
        cancel("the time to drain is over");
        stall_watch watch(*this, "drain");
        if (!parts_->lifecycle.wait(later(rt.now(), stuck_after), watch)) {
            log(log_level::error, explain());
            return books();
        }
    }
    parts_->failure_log.rethrow_first();
    return books();
}

void run_core::cancel_and_wait() {
    if (parts_->lifecycle.is_in_forked_child()) {
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
        parts_->failure_log.add(body);
    }
    cancel_and_wait();
    if (is_consequence) {
        parts_->failure_log.rethrow_first();
    }
}

report run_core::end(const char* who) {
    if (on_own_thread()) {
        return books();  // a step may only ask for the end; it cannot wait for itself
    }
    wait_end(never, who);
    parts_->failure_log.rethrow_first();
    return books();
}

bool run_core::wait_end(time_point until, const char* who) {
    stall_watch watch(*this, who);
    result_reader* const results = parts_->graph.results.get();
    if (results == nullptr) {
        return parts_->lifecycle.wait(until, watch);
    }
    while (!parts_->one_reader.begin_discarding()) {
        if (parts_->lifecycle.wait(until, watch, &parts_->one_reader)) {
            return true;
        }
        if (until != never && rt.now() >= until) {
            return false;
        }
    }
    results->discard(true);
    const bool ended = parts_->lifecycle.wait(until, watch);
    if (ended) {
        results->give_up_rest();
        if (until == never) {
            results->edge.drop_given_up();
        }
    }
    results->discard(false);
    parts_->one_reader.end_discarding();
    parts_->lifecycle.wake();  // another one may discard now
    return ended;
}

// Results
void run_core::reader_came() {
    refuse_in_forked_child("results");
    refuse_reading_inside();
    if (!parts_->one_reader.come()) {
        throw state_error(label() + ": results: expected no other reader, got a second one");
    }
}

void run_core::begin_reading() {
    refuse_reading_inside();
    if (state() == run_state::ready) {
        start("results");
    }
    parts_->one_reader.begin();
}

void run_core::refuse_reading_inside() const {
    if (on_own_thread()) {
        throw state_error(label() +
                          ": results: expected a reader outside of the run, got one of its own "
                          "threads, which would wait for itself; hand on to another step instead");
    }
}

/// A failure is thrown after a moment at the latest: usually the books are closed by then, but a
/// callback may take its time.
void* run_core::next_result() {
    result_reader& results = *parts_->graph.results;
    if (results.next_in_batch()) {
        return results.current();
    }
    refuse_in_forked_child("results");
    stall_watch watch(*this, "results");
    while (true) {
        const taken what = results.fetch(watch.next_look());
        if (what == taken::items && results.next_in_batch()) {
            return results.current();
        }
        if (what != taken::items && what != taken::nothing) {
            break;
        }
        watch.look();
    }
    if (!on_own_thread()) {
        parts_->lifecycle.wait(state() == run_state::failed ? later(rt.now(), stuck_after) : never,
                               watch);
        parts_->failure_log.rethrow_first();
    }
    return nullptr;
}

/// The last result goes at once, before another reader may come, and not under a lock: its
/// destructor is user code.
void run_core::reader_left() noexcept {
    if (parts_->lifecycle.is_in_forked_child()) {
        return;
    }
    result_reader& results = *parts_->graph.results;
    results.drop_current();
    parts_->one_reader.leave(results.was_read());
    parts_->lifecycle.wake();  // another one may discard now
    if (state() == run_state::failed) {
        results.edge.cancel(parts_->lifecycle.closed_why());
        results.edge.drop_given_up();  // who feeds the run may wait for their end
    }
}

}  // namespace paipa::detail
