#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/error.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <mutex>

// Who takes the results of a run: a reader, or nobody.

namespace paipa::detail {

void run_core::reader_came() {
    refuse_in_forked_child("results");
    refuse_reading_inside();
    const std::lock_guard lock(mutex_);
    if (has_range_ || discarding_) {
        throw state_error(label() + ": results: expected no other reader, got a second one");
    }
    has_range_ = true;
    reader_gone_ = false;
    reader_ = &rt.here();
}

void run_core::begin_reading() {
    refuse_reading_inside();
    if (state() == run_state::ready) {
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

/// Whether a reader has taken some results and left before the end. Once the pipeline is destroyed
/// nobody can read the others any more.
bool run_core::has_lost_its_reader() const {
    const std::lock_guard lock(mutex_);
    return reader_gone_;
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
    if (results->next_in_batch()) {
        return results->current();
    }
    refuse_in_forked_child("results");
    stall_watch watch(*this, "results");
    while (true) {
        const taken what = results->fetch(watch.next_look());
        if (what == taken::items && results->next_in_batch()) {
            return results->current();
        }
        if (what != taken::items && what != taken::nothing) {
            break;
        }
        watch.look();
    }
    if (!on_own_thread()) {
        wait_behind_results(watch);
        rethrow_failure();
    }
    return nullptr;
}

/// A failure need not wait for callbacks that take their time, but usually the books are closed in
/// a moment.
void run_core::wait_behind_results(stall_watch& watch) {
    wait(state() == run_state::failed ? later(rt.now(), stuck_after) : never, watch);
}

/// The last result goes at once, before another reader may come, and not under the lock: its
/// destructor is user code.
void run_core::reader_left() noexcept {
    if (in_forked_child()) {
        return;
    }
    results->drop_current();
    bool give_up = false;
    {
        waking_lock lock(rt, mutex_);
        has_range_ = false;
        reader_gone_ = results->was_read();
        give_up = state_ == run_state::failed;
        lock.wake_all(waiting_);
    }
    if (give_up) {
        results->edge.cancel(closed_why());
    }
}

/// Waits for the end, or the time; results that nobody reads are dropped meanwhile.
bool run_core::wait_end(time_point until, const char* who) {
    stall_watch watch(*this, who);
    if (results == nullptr) {
        return wait(until, watch);
    }
    while (!begin_discarding()) {
        if (wait(until, watch, true)) {
            return true;
        }
        if (until != never && rt.now() >= until) {
            return false;
        }
    }
    results->discard(true);
    const bool ended = wait(until, watch);
    if (ended) {
        results->give_up_rest();
        if (until == never) {
            results->edge.drop_given_up();
        }
    }
    results->discard(false);
    end_discarding();
    return ended;
}

}  // namespace paipa::detail
