#include "run_thread.hpp"

#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/run/in_run.hpp>
#include <paipa/detail/run/intake.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/run/stopper.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>

#include <cstddef>
#include <exception>
#include <string>

namespace paipa::detail {
namespace {

void begin_thread(worker_context& core) noexcept {
    core.times.begin(core.run.rt.now());
    if (!core.run.rt.is_simulated()) {  // else all share one thread
        core.cpu.begin();
    }
}

void end_thread(worker_context& core) noexcept {
    core.cpu.end();
    core.times.change(activity::ended, core.run.rt.now());
}

/// The workers of the step want no more, though its input has not ended.
void end_upstream(run_core& run, step_core& step) noexcept {
    std::string why;
    try {
        why = "step '" + step.name + "' stopped reading";
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for the reason
    }
    stopper(run).end_early(why, step);
}

/// On the last worker's thread, in the place of the first worker: all workers have left theirs.
void shut_down(run_core& run, step_core& step) noexcept {
    run.rt.point();
    worker_context& first = step.core(0);
    first.times.begin(run.rt.now());
    try {
        const in_hook here(first.times, "step_shutdown", run.rt);
        step.step_shutdown();
    } catch (...) {
        run.fail(first, "step_shutdown", std::current_exception());
    }
    first.times.change(activity::ended, run.rt.now());
}

}  // namespace

void run_worker(run_core& run, step_core& step, std::size_t index) noexcept {
    worker_context& core = step.core(index);
    const in_run here(run.rt, core);
    run.rt.point();
    begin_thread(core);
    run.tell_tracker(core, [&](tracker& t) { t.worker_started(step.name, index); });
    try {
        step.work(index);
    } catch (...) {
        run.fail(core, "hand-over", std::current_exception());
    }
    step.clean_up(index);
    run.tell_tracker(core, [&](tracker& t) { t.worker_ended(step.name, index); });
    end_thread(core);
    step_left(run, step);
    run.thread_left();
}

void run_timer(run_core& run, step_core& step) noexcept {
    worker_context core(run, nullptr, 0);
    const in_run here(run.rt, core);  // user code that hears a stop token runs here
    step.timer->run();
    run.thread_left();
}

void run_source(run_core& run, source_core& source) noexcept {
    const in_run here(run.rt, source.core);
    run.rt.point();
    begin_thread(source.core);
    try {
        source.pull();
    } catch (...) {
        run.fail(source.core, "source", std::current_exception());
    }
    try {
        source.hand_over();
    } catch (...) {
        run.fail(source.core, "hand-over", std::current_exception());
    }
    source.leave(run.parts().lifecycle.why_no_more());
    end_thread(source.core);
    run.parts().intake.source_left();
    run.thread_left();
}

void step_left(run_core& run, step_core& step) noexcept {
    if (!step.worker_left()) {
        return;
    }
    if (step.timer != nullptr) {
        step.timer->stop();
    }
    if (!step.saw_end.load() && !step.in().is_cancelled()) {
        end_upstream(run, step);
    }
    if (step.made() > 0) {
        step.give_up();
    }
    if (step.initialised) {
        shut_down(run, step);
    }
    for (const way& out : step.ways()) {
        out.to->close_inlet(out.inlet);
    }
}

}  // namespace paipa::detail
