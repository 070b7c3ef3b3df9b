#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/inline_timer.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/add_outcomes.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace paipa::detail {

inline_step::inline_step(inline_run& run, std::string text, const step_options& o)
    : step_base(std::move(text), o), core(run, this, 0), run_(run) {}

inline_step::~inline_step() = default;

bool inline_step::shut_down_next() {
    timer_.reset();  // no item is in hand
    if (std::exchange(working_, false)) {
        hook_ = "thread_shutdown";
        thread_shutdown();
        return true;
    }
    if (std::exchange(initialised_, false)) {
        hook_ = "step_shutdown";
        step_shutdown();
        return true;
    }
    return false;
}

inline_run::inline_run(std::shared_ptr<run_core> threads)
    : run_base(default_runtime()), source_(std::move(threads)) {}

bool inline_run::has_step(const std::string& name) const {
    return std::any_of(steps_.begin(), steps_.end(),
                       [&](const auto& s) { return s->name == name; });
}

void inline_run::start() {
    state_ = run_state::running;
    started_ = rt.now();
    const char* where = "constructor";
    std::string step;
    try {
        for (const auto& s : steps_) {
            step = s->name;
            s->make();
        }
        for (const auto& s : steps_) {
            if (s->policy.has_timeout()) {
                step = s->name;
                where = "start of the thread";
                s->timer_ = std::make_unique<inline_timer>(s->core);
            }
        }
        for (const auto& s : steps_) {
            step = s->name;
            where = "step_initialize";
            s->step_initialize();
            s->initialised_ = true;
            where = "initialize";
            s->initialize();
        }
        for (const auto& s : steps_) {
            step = s->name;
            where = "thread_initialize";
            s->thread_initialize();
            s->working_ = true;
        }
    } catch (...) {
        fail(step, where, 0, std::current_exception());
        throw;
    }
}

void inline_run::fail(const std::string& step, const char* where, unsigned attempt,
                      std::exception_ptr error, std::string what) noexcept {
    if (state_ == run_state::failed || ended_ != never) {
        return;
    }
    note(step, where, attempt, std::move(error), std::move(what));
    shut_down();
}

/// The first failure of the run.
void inline_run::note(const std::string& step, const char* where, unsigned attempt,
                      std::exception_ptr error, std::string what) noexcept {
    state_ = run_state::failed;
    failure_count_ = 1;
    failure_.emplace();
    failure_->error = std::move(error);
    failure_->attempt = attempt;
    failure_->when = rt.now();
    try {  // without memory for texts, the failure itself still counts
        failure_->step = step;
        failure_->where = where;
        failure_->what = what.empty() ? describe(failure_->error) : std::move(what);
    } catch (...) {  // NOLINT(bugprone-empty-catch): see above
    }
}

void inline_run::step_ended(inline_step& step, bool early) {
    if (early) {
        state_ = run_state::ended_early;
        for (const auto& s : steps_) {
            try {
                while (s->shut_down_next()) {
                }
            } catch (...) {
                fail(s->name, s->hook_, 0, std::current_exception());
                throw;
            }
            s->give_up();
            if (s.get() == &step) {
                break;
            }
        }
        leave_source();
    }
    if (std::none_of(steps_.begin(), steps_.end(), [](const auto& s) { return s->initialised_; })) {
        state_ = state_ == run_state::running ? run_state::finished : state_;
        end();
    }
}

void inline_run::end_walk() {
    if (ended_ == never && state_ != run_state::ready) {
        // Without steps of its own there is none that could have wanted more.
        state_ = steps_.empty() ? run_state::finished : run_state::ended_early;
        shut_down();
        if (failure_) {
            std::rethrow_exception(failure_->error);
        }
    }
}

void inline_run::stop() noexcept {
    if (steps_.empty() && ended_ == never && state_ != run_state::ready) {
        state_ = run_state::ended_early;
        shut_down();
    }
    try {
        end_walk();
    } catch (...) {
        log_hook(failure_->step);
    }
}

void inline_run::shut_down() noexcept {
    for (const auto& s : steps_) {
        s->stop.request();
    }
    for (const auto& s : steps_) {
        for (bool more = true; more;) {
            try {
                more = s->shut_down_next();
            } catch (...) {
                if (failure_) {
                    ++failure_count_;
                    log_hook(s->name);
                } else {
                    note(s->name, s->hook_, 0, std::current_exception(), {});
                }
            }
        }
        s->give_up();
    }
    leave_source();
    end();
}

/// What a hook has thrown, and reaches nobody.
void inline_run::log_hook(const std::string& step) noexcept {
    try {
        log(log_level::error, "paipa::combine: step '" + step + "': a hook of its end threw: " +
                                  describe(std::current_exception()));
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
}

void inline_run::leave_source() noexcept {
    if (source_ != nullptr) {
        source_->cancel_and_wait();
    }
}

void inline_run::end() noexcept {
    ended_ = rt.now();
    over_.store(true, std::memory_order_release);
}

void inline_run::wait(time_point until) {
    while (rt.now() < until) {
        rt.park(until);
    }
}

report inline_run::books() const {
    report r;
    r.name = "combine";
    r.state = state_;
    r.elapsed =
        state_ == run_state::ready ? duration{} : (ended_ != never ? ended_ : rt.now()) - started_;
    r.failure_count = failure_count_;
    if (failure_) {
        r.failures.push_back(*failure_);
    }
    for (const auto& s : steps_) {
        const worker_context& w = s->core;
        step_report row{.name = s->name, .threads = 1, .sends = s->emits()};
        row.inside = s->inside() + w.kept.get();
        add_outcomes(row, w);
        row.received = gone(row) + row.inside;
        r.delivered = s->emits() ? row.emitted : row.finished;
        r.steps.push_back(std::move(row));
    }
    if (!r.steps.empty()) {
        r.steps.back().is_last = true;
    }
    return r;
}

}  // namespace paipa::detail
