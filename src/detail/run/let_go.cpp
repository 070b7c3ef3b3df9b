#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/let_go.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/detail/run/stopper.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/report.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>

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

void end_for_destructor(run_core& run) {
    run_parts& parts = run.parts();
    graph& g = parts.graph;
    if (run.state() == run_state::ready) {
        run.cancel("the pipeline was destroyed before it ran");
    } else if (run.on_own_thread()) {
        run.finish();
        if (g.results != nullptr) {
            g.results->edge.cancel("the pipeline was destroyed");  // nobody will read them
        }
    } else if (run.options.daemon) {
        run.cancel("the daemon pipeline was destroyed");
        stall_watch watch(run, "destructor");
        parts.lifecycle.wait(later(run.rt.now(), daemon_grace), watch);
        parts.lifecycle.leave_threads();
    } else {
        if (parts.one_reader.has_lost_its_range()) {
            g.results->edge.cancel("the reader of the results has left");
            stopper(run).end_early("the reader of the results has left");
        } else if (run.is_unwinding()) {
            stopper(run).drain();
        } else {
            run.finish();
        }
        run.wait_end(never, "destructor");
    }
}

/// Logs a failure that no call has rethrown, and items that never ran.
void log_unseen(run_core& run) noexcept {
    try {
        run_parts& parts = run.parts();
        const bool asked = parts.lifecycle.was_cancel_asked();
        if (const std::optional<failure> unseen = parts.failure_log.first_unseen()) {
            log(log_level::error, run.label() + ": failed in " + to_string(*unseen));
        }
        const report r = run.books();
        const bool news = !asked || parts.notices.are_logged();
        if (r.state == run_state::cancelled && r.abandoned() > 0 && news) {
            log(asked ? log_level::info : log_level::warning,
                run.label() + ": " + std::to_string(r.abandoned()) +
                    " items abandoned: " + parts.lifecycle.closed_why());
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
}

}  // namespace

void let_go(const std::shared_ptr<run_core>& run) noexcept {
    if (run->parts().lifecycle.is_in_forked_child()) {
        const kept_for_ever owner(run);  // its threads are the parent's
        return;
    }
    try {
        end_for_destructor(*run);
        log_unseen(*run);
    } catch (...) {
        log(log_level::error, run->label() + ": destructor: " + describe(std::current_exception()));
    }
}

}  // namespace paipa::detail
