#include <paipa/detail/run/accounting.hpp>
#include <paipa/detail/run/explanation.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/lifecycle.hpp>
#include <paipa/detail/run/notices.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "../../log_watch.hpp"
#include "../../observe/show_reporters.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace paipa::detail {

notices::notices(stage_run& run, graph& g, const lifecycle& life, accounting& accounts)
    : run_(run), graph_(g), life_(life), accounts_(accounts), reporters_(run.options.reporters) {}

notices::~notices() = default;

void notices::start(time_point now) noexcept {
    next_ = later(now, run_.options.notice_interval).time_since_epoch().count();
}

void notices::look(time_point now) noexcept {
    auto due = next_.load(std::memory_order_relaxed);
    if (now.time_since_epoch().count() < due) {
        return;
    }
    const auto next = later(now, run_.options.notice_interval).time_since_epoch().count();
    if ((run_.options.quiet && run_.options.reporters.empty()) ||
        !next_.compare_exchange_strong(due, next) || !gate_.enter(now)) {
        return;
    }
    try {
        if (are_logged()) {
            tell_progress(now);
        }
        show_figures();
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
    gate_.leave();
}

bool notices::are_logged() const noexcept {
    return !run_.options.quiet && log_shows(log_level::info);
}

void notices::tell_progress(time_point now) {
    const std::uint64_t n = graph_.delivered();
    const duration ran = now - life_.ran().from;
    const double rate = static_cast<double>(n) / std::chrono::duration<double>(ran).count();
    log(log_level::info, run_.label() + ": " + std::to_string(n) + " items delivered after " +
                             in_seconds(ran) + ", " +
                             std::to_string(static_cast<std::uint64_t>(rate)) + " per second");
}

/// In the gate.
void notices::show_figures() {
    if (!run_.options.reporters.empty()) {
        show_reporters(reporters_, step_records(accounts_.books(run_.options.name)), run_.label());
    }
}

std::string notices::describe(time_point now) const {
    std::string text;
    if (const auto since = gate_.busy_since()) {
        text += "  a notice is being shown for " + in_seconds(now - *since) + ", " +
                std::to_string(gate_.skipped()) + " more were skipped\n";
    }
    if (const auto since = logging_since()) {
        text +=
            "  the log hook is at work for " + in_seconds(default_runtime().now() - *since) + "\n";
    }
    return text;
}

void notices::close_books() noexcept {
    report r;
    try {
        r = accounts_.books(run_.options.name);
    } catch (...) {
        log(log_level::error, "paipa::pipeline: no memory for the report of a run that has ended");
        accounts_.fill_without_memory(r);
    }
    r.notices_skipped = gate_.skipped();
    try {
        if (!r.balanced()) {
            log(log_level::error, run_.label() + ": the books do not balance:\n" + r.text());
        }
        if (are_logged()) {
            log(log_level::info, run_.label() + ": " + std::string(to_string(r.state)) + " after " +
                                     in_seconds(r.elapsed) + ", " + std::to_string(r.delivered) +
                                     " items delivered");
        }
    } catch (...) {
        log(log_level::error, "paipa::pipeline: no memory for the last notice of a run");
    }
    run_.tell_tracker([&](tracker& t) { t.run_ended(r); });
    const bool alone = gate_.enter(run_.rt.now());  // always: all workers have left
    try {
        show_figures();
    } catch (...) {
        log(log_level::error,
            "paipa::pipeline: no memory for the last figures of a run: its "
            "reporters are not told");
    }
    if (alone) {
        gate_.leave();
    }
}

}  // namespace paipa::detail
