#include <paipa/engine/run_core.hpp>
#include <paipa/error.hpp>
#include <paipa/log.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

// How a run ends: finish, drain, cancel and failure, from any thread.

namespace paipa::engine {
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
            closed_why_ = "finish was called";
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

void run_core::drain() {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == run_state::running) {
            state_ = run_state::drained;
            closed_why_ = "the pipeline drains";
        }
        finishing_ = true;
    }
    stop_sources();
    finish();
}

void run_core::cancel(const std::string& why) {
    bool never_ran = false;
    {
        const std::lock_guard lock(mutex_);
        if (settled_ || failure_count_ > 0) {
            return;
        }
        never_ran = state_ == run_state::ready;
        state_ = run_state::cancelled;
        closed_why_ = why;
        finishing_ = true;
        joined_ = joined_ || never_ran;
    }
    stop_everything(why);
    if (never_ran) {
        settle();
    }
}

void run_core::stop_everything(const std::string& why) noexcept {
    stop_.request_stop();
    stop_sources();
    for (const auto& step : steps) {
        step->in().cancel(why);
    }
    if (results != nullptr) {
        results->cancel(why);
    }
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
void run_core::fail(const worker_core& at, const char* where, unsigned attempt,
                    std::exception_ptr error) noexcept {
    failure f;
    f.error = std::move(error);
    f.attempt = attempt;
    f.worker = at.index;
    f.when = rt.now();
    std::string why;
    try {  // without memory for texts, the failure itself still counts
        f.step = at.step != nullptr ? at.step->name : "source";
        f.where = where;
        f.what = describe(f.error);
        why = "the run failed: " + to_string(f);
    } catch (...) {  // NOLINT(bugprone-empty-catch): see above
    }
    if (!note(f, why)) {
        return;
    }
    stop_everything(why);
    if (options.fail_callback) {
        rt.point();
        try {
            options.fail_callback(f);
        } catch (...) {
            log(log_level::error,
                label() + ": fail_callback threw: " + describe(std::current_exception()));
        }
    }
}

/// Returns whether this is the first failure. Later ones are counted, the first few are kept.
bool run_core::note(const failure& f, const std::string& why) noexcept {
    const std::lock_guard lock(mutex_);
    const bool first = ++failure_count_ == 1;
    if (first) {
        state_ = run_state::failed;
        finishing_ = true;
        first_error_ = f.error;
    }
    try {
        if (first) {
            closed_why_ = why;
        }
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

void run_core::log_unseen() noexcept {
    try {
        std::optional<failure> unseen;
        {
            const std::lock_guard lock(mutex_);
            if (!failure_seen_ && !failures_.empty()) {
                unseen = failures_.front();
            }
        }
        if (unseen) {
            log(log_level::error, label() + ": failed in " + to_string(*unseen));
        }
        const report r = books();
        if (r.state == run_state::cancelled && r.abandoned() > 0) {
            log(log_level::warning, label() + ": " + std::to_string(r.abandoned()) +
                                        " items abandoned: " + closed_why());
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
}

void run_core::bury(dead_letter letter) {
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
    const auto* const here = static_cast<const worker_core*>(rt.here().owner);
    return here != nullptr && &here->run == this;
}

bool run_core::in_forked_child() const noexcept {
    return ::getpid() != process_;
}

run_state run_core::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

bool run_core::has_ended() const {
    const std::lock_guard lock(mutex_);
    return settled_;
}

std::string run_core::closed_why() const {
    const std::lock_guard lock(mutex_);
    return closed_why_;
}

void run_core::check_put(const char* who) const {
    if (finishing_.load()) {
        throw closed_error(label() + ": " + who + ": no more items are taken: " + closed_why());
    }
}

void run_core::tracker_threw() const noexcept {
    log(log_level::warning, label() + ": the tracker threw: " + describe(std::current_exception()));
}

}  // namespace paipa::engine
