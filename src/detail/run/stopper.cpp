#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/in_run.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/stopper.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/runtime.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace paipa::detail {

stopper::stopper(run_core& run) noexcept : run_(run), parts_(run.parts()) {}

void stopper::drain() {
    parts_.lifecycle.drain();
    parts_.intake.stop_sources();
    request_stops_in_time(graph::which::none);
    parts_.intake.finish();
}

void stopper::cancel(std::string_view why, bool asked) {
    const lifecycle::cancelled when = parts_.lifecycle.cancel(why, asked);
    if (when == lifecycle::cancelled::too_late) {
        return;
    }
    cancel_edges(why, false);
    request_stops_in_time(graph::which::all);
    if (when == lifecycle::cancelled::before_the_start) {
        run_.settle();
    }
}

void stopper::end_early(std::string_view why, step_core& step) {
    const bool is_whole_run = parts_.graph.give_up(step);
    if (is_whole_run) {
        parts_.lifecycle.end_early(why);
        parts_.intake.stop_sources();
    }
    parts_.graph.cancel(why, graph::which::unwanted);
    if (is_whole_run) {  // last: user code may listen, and finds nothing more to take
        parts_.intake.request_stops();
    }
    parts_.graph.request_stops(graph::which::unwanted);
    parts_.graph.drop_given_up(graph::which::unwanted);  // who waits for their end goes on
}

void stopper::end_early(std::string_view why) {
    parts_.lifecycle.end_early(why);
    parts_.intake.stop_sources();
    parts_.graph.cancel(why, graph::which::all);
    request_stops(graph::which::all);  // last, as above
}

void stopper::cancel_edges(std::string_view why, bool keep_results) noexcept {
    graph& g = parts_.graph;
    parts_.intake.stop_sources();
    if (g.results != nullptr && keep_results) {
        g.results->edge.seal(why);
    } else if (g.results != nullptr) {
        g.results->edge.cancel(why);
    }
    g.cancel(why, graph::which::all);
}

/// Of all sources, and of these steps.
void stopper::request_stops(graph::which those) noexcept {
    parts_.intake.request_stops();
    parts_.graph.request_stops(those);
}

/// For a caller with a deadline, from outside of the run: what user code does when a stop is
/// requested happens on a thread of the run. Where none can be made the caller has to do it.
void stopper::request_stops_in_time(graph::which those) noexcept {
    const bool take_time =
        parts_.intake.stops_may_run_user_code() || parts_.graph.stops_may_run_user_code(those);
    if (run_.on_own_thread() || !take_time || !parts_.lifecycle.add_thread_to_others()) {
        request_stops(those);
        return;
    }
    try {
        parts_.lifecycle.spawn("stop", [self = run_.shared_from_this(), those] {
            worker_context core(*self, nullptr, 0);
            const in_run here(self->rt, core);
            stopper(*self).request_stops(those);
            self->thread_left();
        });
        return;
    } catch (...) {  // NOLINT(bugprone-empty-catch): see above
    }
    request_stops(those);
    run_.thread_left();
}

void stopper::fail(const worker_context& at, const char* where, unsigned attempt,
                   std::exception_ptr error, std::string what) noexcept {
    failure f;
    f.error = std::move(error);
    f.attempt = attempt;
    f.worker = at.index;
    f.when = run_.rt.now();
    std::string why;
    try {  // without memory for texts, the failure itself still counts
        f.step = at.step != nullptr ? at.step->name : parts_.intake.name_of(at);
        f.where = where;
        f.what = what.empty() ? describe(f.error) : std::move(what);
        why = "the run failed: " + to_string(f);
    } catch (...) {  // NOLINT(bugprone-empty-catch): see above
    }
    const bool first = parts_.lifecycle.fail(parts_.failure_log, f, why);
    // The thread of the first failure may be held up before it has stopped anything. Each failure
    // stops the run, so no worker fails twice.
    if (!first) {
        why = parts_.lifecycle.closed_why();
    }
    cancel_edges(why, parts_.one_reader.has_range());  // it still gets what is queued
    request_stops(graph::which::all);
    if (first && run_.options.fail_callback) {
        run_.rt.point();
        try {
            run_.options.fail_callback(f);
        } catch (...) {
            run_.log_exception("fail_callback");
        }
    }
}

}  // namespace paipa::detail
