#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "../../log_watch.hpp"
#include "../../observe/show_reporters.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

// The questions one may ask a run: books, progress, who waits for whom.

namespace paipa::detail {
namespace {

std::string seconds(duration d) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(d).count());
    return text;
}

/// Counted once: that takes a system call or more.
std::size_t processors() {
    static const std::size_t there = std::thread::hardware_concurrency();
    return there;
}

time_by_state at_least(const time_by_state& before, time_by_state now) {
    for (const auto field : {&time_by_state::running, &time_by_state::waiting_for_input,
                             &time_by_state::waiting_for_room, &time_by_state::waiting_to_retry,
                             &time_by_state::waiting_for_turn, &time_by_state::waiting_for_meta,
                             &time_by_state::in_hooks}) {
        now.*field = std::max(now.*field, before.*field);
    }
    return now;
}

}  // namespace

std::uint64_t run_core::count() const {
    step_core& last = *steps.back();
    const bool emits = last.emits();
    const bool fused = !emits && !last.parts().empty();
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < last.made(); ++i) {
        const worker_context& w = fused ? last.parts().back()->worker(i).core : last.core(i);
        n += emits ? w.emitted() : w.finished();
    }
    return n;
}

report run_core::books() {
    const bool ended = has_ended();  // asked before the counters: what has ended does not change
    report r;
    r.name = options.name;
    {
        const std::lock_guard lock(mutex_);
        r.state = state_;
        const bool ran = started_ != never;
        r.elapsed = ran ? (settled_ ? stopped_ : rt.now()) - started_ : duration{};
        r.failures = failures_;
        r.failure_count = failure_count_;
    }
    r.delivered = count();
    r.notices_skipped = watchers_.skipped();
    r.processors = rt.is_simulated() ? 0 : processors();
    const time_point now = ended ? stopped_ : rt.now();
    for (const auto& step : steps) {
        r.edges.push_back(step->in().figures());
        r.steps.push_back(step_books(*step, now, ended));
        add_parts(r, *step);
    }
    if (results != nullptr) {
        r.results_unread = results->unread();
        r.edges.push_back(results->edge.figures());
    }
    for (std::size_t i = 0; const source_core* const source = source_at(i); ++i) {
        source_report& s = r.sources.emplace_back();
        s.name = source->name;
        s.emitted = source->core.emitted();
        source->core.times.add_to(s.time, now);
        s.cpu = source->core.cpu.read();
    }
    keep_from_going_back(r);
    return r;
}

/// A report counts what a thread does at this moment up to its own time, though the thread may have
/// read the clock before, to end that: the next report would have a little less. Times that have
/// been told once are not told smaller.
void run_core::keep_from_going_back(report& r) {
    const std::lock_guard lock(mutex_);
    told_times_.resize(std::max(told_times_.size(), r.steps.size() + r.sources.size()));
    auto told = told_times_.begin();
    for (step_report& s : r.steps) {
        s.time = *told = at_least(*told, s.time);
        ++told;
    }
    for (source_report& s : r.sources) {
        s.time = *told = at_least(*told, s.time);
        ++told;
    }
}

step_report run_core::step_books(step_core& step, time_point now, bool ended) {
    step_report s{.name = step.name, .threads = step.options.threads, .sends = step.emits()};
    std::uint64_t lost = 0;
    std::optional<duration> cpu = duration{};
    for (std::size_t i = 0; i < step.made(); ++i) {
        const worker_context& w = step.core(i);
        s.finished += w.left();
        s.skipped += w.skipped.get();
        s.dead += w.dead.get();
        s.dropped += w.dropped.get();
        s.abandoned += w.abandoned.get();
        s.emitted += w.emitted();
        s.retries += w.retries.get();
        lost += w.lost.get();
        w.times.add_to(s.time, now);
        const auto used = w.cpu.read();
        cpu = used && cpu ? std::optional(*cpu + *used) : std::nullopt;
    }
    s.cpu = step.made() > 0 ? cpu : std::nullopt;
    s.finished -= std::min(s.finished, lost);
    s.abandoned += step.in().retries_abandoned();
    const std::uint64_t gone = s.finished + s.skipped + s.dead + s.dropped + s.abandoned;
    s.received = step.in().figures().popped;
    // While it runs, what is not gone is inside; at the end the edge's own count is the check.
    s.inside = ended ? step.in().unfinished() : s.received - std::min(gone, s.received);
    if (!ended) {
        s.received = gone + s.inside;
    }
    return s;
}

/// The steps fused to one, behind it: what one of them received, the one before it emitted.
void run_core::add_parts(report& r, const step_core& step) {
    for (const auto& part : step.parts()) {
        step_report s{
            .name = part->name, .threads = part->options.threads, .time = {}, .fused = true};
        for (std::size_t i = 0; i < step.made(); ++i) {
            const worker_context& w = part->worker(i).core;
            s.finished += w.finished();
            s.skipped += w.skipped.get();
            s.dead += w.dead.get();
            s.dropped += w.dropped.get();
            s.abandoned += w.abandoned.get();
            s.retries += w.retries.get();
        }
        s.received = s.finished + s.skipped + s.dead + s.dropped + s.abandoned;
        s.emitted = std::exchange(r.steps.back().emitted, s.received);
        s.sends = std::exchange(r.steps.back().sends, true);
        r.steps.push_back(std::move(s));
    }
}

/// The next one is due when this one has ended; one that is due meanwhile is skipped, and counted.
void run_core::notice(time_point now) noexcept {
    auto due = next_notice_.load(std::memory_order_relaxed);
    if (now.time_since_epoch().count() < due) {
        return;
    }
    const auto next = later(now, options.notice_interval).time_since_epoch().count();
    if ((options.quiet && options.reporters.empty()) ||
        !next_notice_.compare_exchange_strong(due, next) || !watchers_.enter(now)) {
        return;
    }
    try {
        if (logs_notices()) {
            tell_progress(now);
        }
        show_figures();
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
    watchers_.leave();
}

bool run_core::logs_notices() const noexcept {
    return !options.quiet && log_shows(log_level::info);
}

void run_core::tell_progress(time_point now) {
    const std::uint64_t n = count();
    const duration ran = now - started_;
    const double rate = static_cast<double>(n) / std::chrono::duration<double>(ran).count();
    log(log_level::info, label() + ": " + std::to_string(n) + " items delivered after " +
                             seconds(ran) + ", " +
                             std::to_string(static_cast<std::uint64_t>(rate)) + " per second");
}

/// For who has the watchers.
void run_core::show_figures() {
    if (!options.reporters.empty()) {
        show_reporters(reporters_, step_records(books()), label());
    }
}

std::string run_core::explain() {
    const time_point now = rt.now();
    std::string text = label() + " is " + std::string(to_string(state())) + "\n";
    for (const auto& step : steps) {
        const edge_report in = step->in().figures();
        text += "  " + in.from + " -> " + step->name + ": " + std::to_string(in.queued) + " of " +
                std::to_string(in.limit) + " queued, " + std::to_string(step->in().unfinished()) +
                " unfinished\n";
        if (const std::size_t n = step->in().requeues_in_vain(); n > 0) {
            text += "    " + std::to_string(n) +
                    " items go back and forth by requeue, and nothing else happens\n";
        }
        for (std::size_t i = 0; i < step->made(); ++i) {
            text += describe_worker(step->name, step->core(i), now);
        }
    }
    for (std::size_t i = 0; const source_core* const source = source_at(i); ++i) {
        text += describe_worker(source->name, source->core, now);
    }
    if (results != nullptr) {
        const edge_report out = results->edge.figures();
        text += "  results: " + std::to_string(out.queued) + " of " + std::to_string(out.limit) +
                " unread\n";
    }
    if (const report r = books(); r.state != run_state::ready) {
        text += "  " + r.bottleneck() + "\n";
    }
    return text + describe_watchers(now);
}

/// What keeps a thread of the run, and is no step: a notice, for its reporters or the log hook.
std::string run_core::describe_watchers(time_point now) const {
    std::string text;
    if (const auto since = watchers_.busy_since()) {
        text += "  a notice is being shown for " + seconds(now - *since) + ", " +
                std::to_string(watchers_.skipped()) + " more were skipped\n";
    }
    if (const auto since = logging_since()) {
        text += "  the log hook is at work for " + seconds(default_runtime().now() - *since) + "\n";
    }
    return text;
}

bool run_core::holds_items() {
    for (const auto& step : steps) {
        if (step->in().figures().queued > 0 || step->in().retries_waiting_now() > 0) {
            return true;
        }
        for (std::size_t i = 0; i < step->made(); ++i) {
            const activity a = step->core(i).times.state();
            if (a != activity::waiting_for_input && a != activity::ended) {
                return true;
            }
        }
    }
    return results != nullptr && results->edge.figures().queued > 0;
}

std::string run_core::way_out() {
    const time_point now = rt.now();
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {  // who is behind holds up all
        for (std::size_t i = 0; i < (*step)->made(); ++i) {
            const time_sheet& times = (*step)->core(i).times;
            if (times.state() == activity::running) {
                return "step '" + (*step)->name + "', worker " + std::to_string(i) +
                       ", has been in its code for " + seconds(now - times.since()) +
                       ": its return, or a drain or cancel that its stop token hears, would end "
                       "the wait";
            }
        }
        if ((*step)->in().retries_waiting_now() > 0) {
            return "items of step '" + (*step)->name +
                   "' wait for their next try: its time, a drain or a cancel would end the wait";
        }
    }
    return results != nullptr
               ? "the results wait for a reader: results() read on, stop, drain or cancel would "
                 "end the wait"
               : "a drain or a cancel would end the wait";
}

std::string run_core::describe_worker(const std::string& name, const worker_context& w,
                                      time_point now) {
    const activity a = w.times.state();
    std::string text = "    " + name + "/" + std::to_string(w.index) + ": ";
    if (a == activity::ended) {
        return text + "not running\n";
    }
    if (a == activity::running && w.clock != nullptr) {
        if (const auto ran = w.clock->overdue(now)) {
            return text + "running for " + seconds(*ran) + ", " +
                   seconds(*ran - w.clock->timeout()) +
                   " beyond its item_timeout: its code has not heard its stop token\n";
        }
    }
    const std::string since = " for " + seconds(now - w.times.since()) + "\n";
    if (const char* const hook = w.times.hook(); hook != nullptr && a == activity::in_hook) {
        return text + "in " + hook + since;
    } else if (hook != nullptr && a == activity::running) {
        return text + "in " + hook + ", " + std::string(to_string(a)) + since;
    }
    return text + std::string(to_string(a)) + since;
}

/// At the end of the run: the ledger is checked, and whoever wants to know is told. Where memory is
/// short each of them still has its chance, and what is lost is said by a text that needs none.
void run_core::close_books() noexcept {
    report r;
    try {
        r = books();
    } catch (...) {
        log(log_level::error, "paipa::pipeline: no memory for the report of a run that has ended");
        fill_without_memory(r);
    }
    try {
        if (!r.balanced()) {
            log(log_level::error, label() + ": the books do not balance:\n" + r.text());
        }
        if (logs_notices()) {
            log(log_level::info, label() + ": " + std::string(to_string(r.state)) + " after " +
                                     seconds(r.elapsed) + ", " + std::to_string(r.delivered) +
                                     " items delivered");
        }
    } catch (...) {
        log(log_level::error, "paipa::pipeline: no memory for the last notice of a run");
    }
    tell_tracker([&](tracker& t) { t.run_ended(r); });
    const bool alone = watchers_.enter(rt.now());  // always: all workers have left
    try {
        show_figures();
    } catch (...) {
        log(log_level::error,
            "paipa::pipeline: no memory for the last figures of a run: its "
            "reporters are not told");
    }
    if (alone) {
        watchers_.leave();
    }
}

/// What a report has of the whole run, but names, steps and failures.
void run_core::fill_without_memory(report& r) const noexcept {
    const std::lock_guard lock(mutex_);
    r.state = state_;
    r.elapsed = started_ != never ? stopped_ - started_ : duration{};
    r.failure_count = failure_count_;
    r.delivered = count();
}

}  // namespace paipa::detail
