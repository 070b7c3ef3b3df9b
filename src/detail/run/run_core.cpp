#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/in_run.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/error.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

run_core::run_core(pipeline_options o)
    : stage_run(o.runtime != nullptr ? *o.runtime : default_runtime(), std::move(o)),
      reporters_(options.reporters),
      unwinding_(std::uncaught_exceptions()) {}

run_core::~run_core() {
    for (const auto& t : threads_) {
        t->detach();  // only where nobody was left to join: the last handle died on a worker
    }
}

// Life cycle
/// Throws `state_error` when nothing would end a `run()`.
void run_core::check_run() const {
    const std::lock_guard lock(mutex_);
    const bool sources_end =
        !sources_.empty() && std::all_of(sources_.begin(), sources_.end(),
                                         [](const auto& s) { return s->ends_by_itself(); });
    if (state_ == run_state::ready && !finishing_ && !sources_end) {
        throw state_error(
            label() +
            ": run: nothing would ever end this run: expected finish() or an iterable "
            "before it, got an open intake; call finish(), or use start() and stop(), "
            "or run_forever()");
    }
}

void run_core::start(const char* who) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ != run_state::ready) {
            throw state_error(label() + ": " + who +
                              ": a pipeline runs once: expected a new pipeline, got one that is " +
                              std::string(to_string(state_)) + "; make another from the same flow");
        }
        state_ = run_state::running;
        started_ = rt.now();
        process_.note();
        next_notice_ = later(started_, options.notice_interval).time_since_epoch().count();
        ends_with_sources_ = !sources_.empty();
        for (const auto& step : steps) {
            threads_left_ += step->threads();
            step->expect_workers();
        }
        threads_left_ += sources_.size() + 1;  // the one more is this call
    }
    bool complete = false;
    {
        worker_context starting(*this, nullptr, 0);
        const in_run here(rt, starting);
        tell_tracker([this](tracker& t) { t.run_started(options.name); });
        complete = start_all();
        thread_left();
    }
    if (!complete) {
        stall_watch watch(*this, who);
        wait(never, watch);
        rethrow_failure();
    }
}

void run_core::begin_thread(worker_context& core) noexcept {
    core.times.begin(rt.now());
    if (!rt.is_simulated()) {  // else all share one thread
        core.cpu.begin();
    }
}

void run_core::end_thread(worker_context& core) noexcept {
    core.cpu.end();
    core.times.change(activity::ended, rt.now());
}

void run_core::run_worker(step_core& step, std::size_t index) noexcept {
    worker_context& core = step.core(index);
    const in_run here(rt, core);
    rt.point();
    begin_thread(core);
    tell_tracker(core, [&](tracker& t) { t.worker_started(step.name, index); });
    try {
        step.work(index);
    } catch (...) {
        fail(core, "hand-over", std::current_exception());
    }
    step.clean_up(index);
    tell_tracker(core, [&](tracker& t) { t.worker_ended(step.name, index); });
    end_thread(core);
    step_left(step);
    thread_left();
}

void run_core::run_timer(step_core& step) noexcept {
    worker_context core(*this, nullptr, 0);
    const in_run here(rt, core);  // user code that hears a stop token runs here
    step.timer->run();
    thread_left();
}

void run_core::run_source(source_core& source) noexcept {
    const in_run here(rt, source.core);
    rt.point();
    begin_thread(source.core);
    try {
        source.pull();
    } catch (...) {
        fail(source.core, "source", std::current_exception());
    }
    try {
        source.hand_over();
    } catch (...) {
        fail(source.core, "hand-over", std::current_exception());
    }
    source.leave(why_no_more());
    end_thread(source.core);
    source_left();
    thread_left();
}

void run_core::step_left(step_core& step) noexcept {
    if (!step.worker_left()) {
        return;
    }
    if (step.timer != nullptr) {
        step.timer->stop();
    }
    if (!step.saw_end.load() && !step.in().is_cancelled()) {
        end_upstream(step);
    }
    if (step.made() > 0) {
        step.give_up();
    }
    if (step.initialised) {
        rt.point();
        worker_context& first =
            step.core(0);  // the hook has its place; all workers have left theirs
        first.times.begin(rt.now());
        try {
            const in_hook here(first.times, "step_shutdown", rt);
            step.step_shutdown();
        } catch (...) {
            fail(first, "step_shutdown", std::current_exception());
        }
        first.times.change(activity::ended, rt.now());
    }
    if (edge_core* const next = step.out(); next != nullptr) {
        next->close({});
    }
}

void run_core::source_left() noexcept {
    bool last = false;
    {
        const std::lock_guard lock(mutex_);
        last = --sources_left_ == 0 && (finishing_ || ends_with_sources_);
        if (last) {
            finishing_ = true;
        }
    }
    if (last) {
        intake().close(closed_why());
    }
}

void run_core::thread_left() noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (--threads_left_ > 0) {
            return;
        }
    }
    settle();
}

/// On the last thread of the run: the books are final.
void run_core::settle() noexcept {
    for (const auto& edge : edges) {
        edge->drop_given_up();
    }
    if (results != nullptr) {
        results->edge.drop_given_up();
    }
    const std::string why = why_no_more();
    for (std::size_t i = 0; source_core* const source = source_at(i); ++i) {
        source->leave(why);  // also those that were never started
    }
    {
        const std::lock_guard lock(mutex_);
        stopped_ = rt.now();
        settled_ = true;
        finishing_ = true;
        if (state_ == run_state::running) {
            state_ = run_state::finished;
        }
    }
    close_books();
    rt.point();
    waking_lock lock(rt, mutex_);
    ended_ = true;
    lock.wake_all(waiting_);
}

/// Waits until every thread is gone, or until the time. False at the time, and, with `or_unread`,
/// as soon as the calling thread may throw the results away.
bool run_core::wait(time_point until, stall_watch& watch, bool or_unread) {
    rt.point();
    waking_lock lock(rt, mutex_);
    while (!joined_) {
        if (ended_ && !joining_) {
            joining_ = true;
            auto threads = std::exchange(threads_, {});
            lock.unlock();
            for (const auto& t : threads) {
                t->join();
            }
            lock.lock();
            joined_ = true;
            lock.wake_all(waiting_);
            break;
        }
        const bool unread = or_unread && !ended_ && may_discard();
        if (unread || (until != never && rt.now() >= until)) {
            return false;
        }
        lock.wait(waiting_, std::min(until, watch.next_look()));
        if (!ended_) {
            lock.unlock();
            watch.look();
            lock.lock();
        }
    }
    return true;
}

/// Gives up the threads; they keep the run alive.
void run_core::leave_behind() {
    std::vector<std::unique_ptr<runtime::thread>> threads;
    {
        waking_lock lock(rt, mutex_);
        threads.swap(threads_);
        joined_ = true;
        lock.wake_all(waiting_);
    }
    for (const auto& t : threads) {
        t->detach();
    }
}

}  // namespace paipa::detail
