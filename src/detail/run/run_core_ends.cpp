#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/in_run.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/report.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How a run ends: finish, drain, cancel and failure, from any thread.

namespace paipa::detail {
namespace {

/// Failures beyond the first few are only counted.
constexpr std::size_t failures_kept = 8;

}  // namespace

void run_core::finish() {
    bool close = false;
    {
        const std::lock_guard lock(mutex_);
        if (!finishing_) {
            finishing_ = true;
            set_closed_why("finish was called");
        }
        close = sources_left_ == 0;
    }
    for (std::size_t i = 0; source_core* const source = source_at(i); ++i) {
        source->interrupt();
    }
    if (close) {
        intake().close(closed_why());
    }
}

void run_core::start_draining() {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == run_state::running) {
            state_ = run_state::drained;
            set_closed_why("the pipeline drains");
        }
        finishing_ = true;
    }
    stop_sources();
    request_stops_in_time(0);
    finish();
}

void run_core::cancel(std::string_view why, bool asked) {
    bool never_ran = false;
    {
        const std::lock_guard lock(mutex_);
        if (settled_ || failure_count_ > 0) {
            return;
        }
        never_ran = state_ == run_state::ready;
        state_ = run_state::cancelled;
        cancel_asked_ = asked;
        set_closed_why(why);
        finishing_ = true;
        joined_ = joined_ || never_ran;
    }
    stop_everything(why, false);
    request_stops_in_time(steps.size());
    if (never_ran) {
        settle();
    }
}

void run_core::end_upstream(const step_core& step) {
    std::string why;
    try {
        why = "step '" + step.name + "' stopped reading";
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for the reason
    }
    end_early(why, step.position + 1);
}

/// Nobody wants what the first steps would still do.
void run_core::end_early(std::string_view why, std::size_t first_steps) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == run_state::running) {
            state_ = run_state::ended_early;
            set_closed_why(why);
        }
        finishing_ = true;
    }
    stop_sources();
    for (std::size_t i = first_steps; i > 0; --i) {
        steps[i - 1]->in().cancel(why);
    }
    request_stops(first_steps);  // last: whom it wakes finds nothing more to take
}

/// From the last edge to the first: a worker that finds its input cancelled, and emits from
/// `thread_shutdown`, finds the edge behind it cancelled, too. So those items are always abandoned.
/// A reader of the results still gets what is queued when the run has failed.
void run_core::stop_everything(std::string_view why, bool failed) noexcept {
    stop_sources();
    if (results != nullptr) {
        bool has_reader = false;
        {
            const std::lock_guard lock(mutex_);
            has_reader = has_range_;
        }
        failed&& has_reader ? results->edge.seal(why) : results->edge.cancel(why);
    }
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        (*step)->in().cancel(why);
    }
}

/// Of all sources, and of the first steps.
void run_core::request_stops(std::size_t first_steps) noexcept {
    for (std::size_t i = 0; source_core* const source = source_at(i); ++i) {
        source->stop.request();
    }
    for (std::size_t i = 0; i < first_steps; ++i) {
        steps[i]->request_stop();
    }
}

bool run_core::stops_may_take_time(std::size_t first_steps) const noexcept {
    for (std::size_t i = 0; const source_core* const source = source_at(i); ++i) {
        if (source->stop.may_run_user_code()) {
            return true;
        }
    }
    return std::any_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(first_steps),
                       [](const auto& step) { return step->stop_may_run_user_code(); });
}

/// For a caller with a deadline, from outside of the run: what user code does when a stop is
/// requested happens on a thread of the run. Where none can be made the caller has to do it.
void run_core::request_stops_in_time(std::size_t first_steps) noexcept {
    bool elsewhere = !on_own_thread() && stops_may_take_time(first_steps);
    if (elsewhere) {
        const std::lock_guard lock(mutex_);
        elsewhere = threads_left_ > 0;  // else there is nobody to stop
        threads_left_ += elsewhere ? 1 : 0;
    }
    if (!elsewhere) {
        request_stops(first_steps);
        return;
    }
    try {
        const std::lock_guard lock(mutex_);
        threads_.reserve(threads_.size() + 1);
        threads_.push_back(rt.spawn("stop", [self = shared_from_this(), first_steps] {
            worker_context core(*self, nullptr, 0);
            const in_run here(self->rt, core);
            self->request_stops(first_steps);
            self->thread_left();
        }));
        return;
    } catch (...) {  // NOLINT(bugprone-empty-catch): see above
    }
    request_stops(first_steps);
    thread_left();
}

/// Sources are only added, and never moved, so an index stays good without the lock.
void run_core::stop_sources() noexcept {
    for (std::size_t i = 0; source_core* const source = source_at(i); ++i) {
        source->stopping.store(true);
        source->interrupt();
    }
}

source_core* run_core::source_at(std::size_t i) const noexcept {
    const std::lock_guard lock(mutex_);
    return i < sources_.size() ? sources_[i].get() : nullptr;
}

void run_core::add_source(std::unique_ptr<source_core> source, const char* who) {
    source_core& added = *source;
    bool start_now = false;
    {
        const std::lock_guard lock(mutex_);
        if (finishing_ || settled_) {
            throw closed_error(label() + ": " + who + ": no more items are taken: " + closed_why_);
        }
        const auto namesakes = std::count_if(sources_.begin(), sources_.end(),
                                             [&](const auto& s) { return s->kind == added.kind; });
        if (namesakes > 0) {
            added.name += "#" + std::to_string(namesakes + 1);
        }
        sources_.push_back(std::move(source));
        ++sources_left_;
        if (state_ != run_state::ready) {
            ++threads_left_;
            start_now = sources_started_;
        }
    }
    if (start_now) {
        start_source(added);
    }
}

// Failures
void run_core::fail(const worker_context& at, const char* where, unsigned attempt,
                    std::exception_ptr error, std::string what) noexcept {
    failure f;
    f.error = std::move(error);
    f.attempt = attempt;
    f.worker = at.index;
    f.when = rt.now();
    std::string why;
    try {  // without memory for texts, the failure itself still counts
        f.step = at.step != nullptr ? at.step->name : source_name(at);
        f.where = where;
        f.what = what.empty() ? describe(f.error) : std::move(what);
        why = "the run failed: " + to_string(f);
    } catch (...) {  // NOLINT(bugprone-empty-catch): see above
    }
    const bool first = note(f, why);
    // The first one may be held up before it has stopped anything: whoever fails stops the run, so
    // no worker fails twice.
    if (!first) {
        why = closed_why();
    }
    stop_everything(why, true);
    request_stops(steps.size());
    if (first && options.fail_callback) {
        rt.point();
        try {
            options.fail_callback(f);
        } catch (...) {
            log_exception("fail_callback");
        }
    }
}

/// Of the source with this place; "source" for what fails before there are workers.
std::string run_core::source_name(const worker_context& at) const {
    for (std::size_t i = 0; const source_core* const source = source_at(i); ++i) {
        if (&source->core == &at) {
            return source->name;
        }
    }
    return "source";
}

/// Returns whether this is the first failure. Later ones are counted, the first few are kept.
bool run_core::note(const failure& f, std::string_view why) noexcept {
    const std::lock_guard lock(mutex_);
    const bool first = ++failure_count_ == 1;
    if (first) {
        state_ = run_state::failed;
        finishing_ = true;
        first_error_ = f.error;
        set_closed_why(why);
    }
    try {
        if (failures_.size() < failures_kept) {
            failures_.push_back(f);
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory; counted, and rethrown
    }
    return first;
}

void run_core::rethrow_failure() {
    std::exception_ptr error;
    {
        const std::lock_guard lock(mutex_);
        if (first_error_ == nullptr) {
            return;
        }
        error = first_error_;
        failure_seen_ = true;
    }
    std::rethrow_exception(error);
}

/// In the destructor: a failure that no call has rethrown, and items that never ran.
void run_core::log_unseen() noexcept {
    try {
        std::optional<failure> unseen;
        bool asked = false;
        {
            const std::lock_guard lock(mutex_);
            asked = cancel_asked_;
            if (!failure_seen_ && !failures_.empty()) {
                unseen = failures_.front();
            }
        }
        if (unseen) {
            log(log_level::error, label() + ": failed in " + to_string(*unseen));
        }
        const report r = books();
        const bool news = !asked || logs_notices();
        if (r.state == run_state::cancelled && r.abandoned() > 0 && news) {
            log(asked ? log_level::info : log_level::warning,
                label() + ": " + std::to_string(r.abandoned()) +
                    " items abandoned: " + closed_why());
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
}

void run_core::add_dead_letter(dead_letter letter) {
    if (options.dead_letter_callback) {
        options.dead_letter_callback(letter);
        return;
    }
    const std::lock_guard lock(mutex_);
    dead_letters_.push_back(std::move(letter));
}

std::vector<dead_letter> run_core::dead_letters() const {
    const std::lock_guard lock(mutex_);
    return dead_letters_;
}

std::optional<failure> run_core::first_failure() const {
    const std::lock_guard lock(mutex_);
    return failures_.empty() ? std::nullopt : std::optional(failures_.front());
}

// Questions
bool run_core::on_own_thread() const {
    const auto* here = static_cast<const worker_context*>(rt.here().owner);
    while (here != nullptr && &here->run != this) {
        here = here->around;
    }
    return here != nullptr;
}

run_state run_core::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

bool run_core::has_ended() const {
    const std::lock_guard lock(mutex_);
    return settled_;
}

/// Empty when there is no memory for it.
std::string run_core::closed_why() const noexcept {
    const std::lock_guard lock(mutex_);
    try {
        return closed_why_;
    } catch (...) {
        return {};
    }
}

/// For those who feed a queue that the run has read.
std::string run_core::why_no_more() const noexcept {
    try {
        const std::string ended = "its pipeline has ended";
        return state() == run_state::failed ? ended + ": " + closed_why() : ended;
    } catch (...) {
        return {};
    }
}

/// Under the lock; the old reason stays when there is no memory for the new one.
void run_core::set_closed_why(std::string_view why) noexcept {
    try {
        closed_why_ = why;
    } catch (...) {  // NOLINT(bugprone-empty-catch): see above
    }
}

}  // namespace paipa::detail
