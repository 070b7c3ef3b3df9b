#include <paipa/detail/run/in_run.hpp>
#include <paipa/detail/run/launcher.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/detail/run/stopper.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paipa::detail {

run_core::run_core(pipeline_options o)
    : stage_run(o.runtime != nullptr ? *o.runtime : default_runtime(), std::move(o)),
      parts_(std::make_unique<run_parts>(*this)),
      unwinding_(std::uncaught_exceptions()) {}

run_core::~run_core() = default;

void run_core::built() noexcept {
    intake_ = &parts_->graph.intake();
}

// Start
void run_core::start(const char* who) {
    const std::size_t threads = parts_->graph.threads() + 1;  // the one more is this call
    const run_state before = parts_->intake.begin(threads);
    if (before != run_state::ready) {
        throw state_error(label() + ": " + who +
                          ": a pipeline runs once: expected a new pipeline, got one that is " +
                          std::string(to_string(before)) + "; make another from the same flow");
    }
    parts_->notices.start(rt.now());
    for (const auto& step : parts_->graph.steps) {
        step->expect_workers();
    }
    bool complete = false;
    {
        worker_context starting(*this, nullptr, 0);
        const in_run here(rt, starting);
        tell_tracker([this](tracker& t) { t.run_started(options.name); });
        complete = launcher(shared_from_this()).start();
        thread_left();
    }
    if (!complete) {
        stall_watch watch(*this, who);
        parts_->lifecycle.wait(never, watch);
        parts_->failure_log.rethrow_first();
    }
}

/// Throws `state_error` when nothing would end a `run()`.
void run_core::check_run() const {
    if (state() == run_state::ready && !is_finishing() && !parts_->intake.ends_by_itself()) {
        throw state_error(
            label() +
            ": run: nothing would ever end this run: expected finish() or an iterable "
            "before it, got an open intake; call finish(), or use start() and stop(), "
            "or run_forever()");
    }
}

// Input
void run_core::check_put(const char* who) const {
    refuse_in_forked_child(who);
    if (is_finishing()) {
        refuse_items(who);
    }
}

void run_core::refuse_items(const char* who) const {
    throw closed_error(label() + ": " + who +
                       ": no more items are taken: " + parts_->lifecycle.closed_why());
}

std::function<std::string()> run_core::site(const char* who) const {
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

void run_core::add_source(std::unique_ptr<source_core> source, const char* who) {
    refuse_in_forked_child(who);
    const auto [is_late, to_start] = parts_->intake.add(std::move(source));
    if (is_late) {
        refuse_items(who);
    }
    if (to_start != nullptr) {
        launcher(shared_from_this()).start_source(*to_start);
    }
}

bool run_core::is_finishing() const noexcept {
    return parts_->lifecycle.is_finishing();
}

// Questions
bool run_core::is_unwinding() const noexcept {
    return std::uncaught_exceptions() > unwinding_;
}

bool run_core::on_own_thread() const {
    const worker_context* here = seat_access::worker(rt.here());
    while (here != nullptr && &here->run != this) {
        here = here->around;
    }
    return here != nullptr;
}

run_state run_core::state() const {
    return parts_->lifecycle.state();
}

bool run_core::has_ended() const {
    return parts_->lifecycle.has_settled();
}

std::optional<failure> run_core::first_failure() const {
    return parts_->failure_log.first();
}

std::vector<dead_letter> run_core::dead_letters() const {
    return parts_->failure_log.dead_letters();
}

std::uint64_t run_core::count() const {
    return parts_->graph.delivered();
}

report run_core::books() const {
    report r = parts_->accounting.books(options.name);
    r.notices_skipped = parts_->notices.skipped();
    return r;
}

std::string run_core::explain() const {
    std::string text =
        label() + " is " + std::string(to_string(state())) + "\n" + parts_->explanation.text();
    if (const report r = books(); r.state != run_state::ready) {
        text += "  " + r.bottleneck() + "\n";
    }
    return text + parts_->notices.describe(rt.now());
}

void run_core::refuse_in_forked_child(const char* who) const {
    if (parts_->lifecycle.is_in_forked_child()) {
        throw state_error(label() + ": " + who +
                          ": expected the process that started the run, got a forked copy of it, "
                          "which has none of the run's threads; fork before the start");
    }
}

// For steps
void run_core::add_dead_letter(dead_letter letter) {
    if (options.dead_letter_callback) {
        options.dead_letter_callback(letter);
        return;
    }
    parts_->failure_log.add_dead_letter(std::move(letter));
}

void run_core::notice(time_point now) noexcept {
    parts_->notices.look(now);
}

// Ends
void run_core::finish() {
    parts_->intake.finish();
}

void run_core::cancel(std::string_view why, bool asked) {
    stopper(*this).cancel(why, asked);
}

void run_core::fail(const worker_context& at, const char* where, unsigned attempt,
                    std::exception_ptr error, std::string what) noexcept {
    stopper(*this).fail(at, where, attempt, std::move(error), std::move(what));
}

void run_core::thread_left() noexcept {
    if (parts_->lifecycle.thread_left()) {
        settle();
    }
}

/// On the last thread of the run.
void run_core::settle() noexcept {
    parts_->graph.drop_given_up(graph::which::all);
    parts_->intake.sources_left(parts_->lifecycle.why_no_more());
    parts_->lifecycle.settle();
    parts_->notices.close_books();
    parts_->lifecycle.tell_end();
}

void refuse_moved_from() {
    throw state_error("paipa::pipeline: expected a pipeline, got one that was moved from");
}

}  // namespace paipa::detail
