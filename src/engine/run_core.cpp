#include <paipa/engine/run_core.hpp>
#include <paipa/error.hpp>
#include <paipa/log.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <unistd.h>
#include <utility>

namespace paipa::engine {
namespace {

/// Failures beyond the first few are only counted.
constexpr std::size_t failures_kept = 8;

}  // namespace

run_core::run_core(pipeline_options o)
    : options(std::move(o)),
      rt(options.runtime != nullptr ? *options.runtime : default_runtime()),
      process_(::getpid()) {}

run_core::~run_core() {
    for (const auto& t : threads_) {
        t->detach();  // only where nobody was left to join: the last handle died on a worker
    }
}

// Life cycle
// ---------------------------------------------------------------------------------------

void run_core::check_run() const {
    const std::lock_guard lock(mutex_);
    const bool sources_end = std::any_of(sources_.begin(), sources_.end(),
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
        next_notice_ = later(started_, options.notice_interval).time_since_epoch().count();
        ends_with_sources_ = !sources_.empty();
        for (const auto& step : steps) {
            threads_left_ += step->options.threads;
            step->working_ = step->options.threads;
        }
        threads_left_ += sources_.size() + 1;  // the one more is this call
    }
    tell_tracker([this](tracker& t) { t.run_started(options.name); });
    const bool started = start_steps();
    for (const auto& step : steps) {
        step->in().start_bounds();
    }
    if (results != nullptr) {
        results->start_bounds();
    }
    if (started) {
        start_threads();
    }
    const bool complete = started && !start_failed_.load();
    thread_left();
    if (!complete) {
        wait(never);
        rethrow_failure();
    }
}

/// Everything that happens before the first thread: instances and hooks. False when one threw; then
/// all that was initialised is shut down again, and nothing is left to run.
bool run_core::start_steps() {
    std::size_t at = 0;
    const char* where = "constructor";
    std::size_t worker = 0;
    try {
        for (at = 0; at < steps.size(); ++at) {
            steps[at]->make_workers(*this);
        }
        for (at = 0; at < steps.size(); ++at) {
            step_core& step = *steps[at];
            worker = 0;
            where = "step_initialize";
            step.step_initialize();
            step.initialised_ = true;
            where = "initialize";
            for (; worker < step.options.threads; ++worker) {
                step.initialize(worker);
            }
        }
        return true;
    } catch (...) {
        step_core& step = *steps[at];
        const worker_core unmade(*this, &step, worker);
        fail(worker < step.made() ? step.core(worker) : unmade, where, 0, std::current_exception());
    }
    for (const auto& step : steps) {  // a step ends when its last worker leaves
        for (std::size_t i = 0; i < step->options.threads; ++i) {
            step_left(*step);
            thread_left();
        }
    }
    sources_never_started();
    return false;
}

void run_core::sources_never_started() {
    const std::unique_lock lock(mutex_);
    threads_left_ -= sources_.size();
    sources_left_ = 0;
}

void run_core::start_threads() {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        for (std::size_t i = 0; i < (*step)->options.threads; ++i) {
            step_core& s = **step;
            const bool ok = spawn(s.core(i), s.name + "/" + std::to_string(i),
                                  [self = shared_from_this(), &s, i] { self->run_worker(s, i); });
            if (!ok) {
                step_left(s);
                thread_left();
            }
        }
    }
    std::size_t i = 0;
    while (true) {  // the list may grow meanwhile, and then its newcomers start themselves
        source_core* source = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (i == sources_.size()) {
                sources_started_ = true;
                return;
            }
            source = sources_[i++].get();
        }
        start_source(*source);
    }
}

void run_core::start_source(source_core& source) {
    const bool ok = spawn(source.core, source.name + "/0",
                          [self = shared_from_this(), &source] { self->run_source(source); });
    if (!ok) {
        source_left();
        thread_left();
    }
}

bool run_core::spawn(const worker_core& core, const std::string& name, std::function<void()> body) {
    if (start_failed_.load()) {
        return false;
    }
    try {
        const std::lock_guard lock(mutex_);
        threads_.emplace_back();  // room first: a thread that runs cannot be taken back
        threads_.back() = rt.spawn(name, std::move(body));
        return true;
    } catch (...) {
        {
            const std::lock_guard lock(mutex_);
            if (!threads_.empty() && threads_.back() == nullptr) {
                threads_.pop_back();
            }
        }
        start_failed_.store(true);
        fail(core, "start of the thread", 0, std::current_exception());
        return false;
    }
}

void run_core::run_worker(step_core& step, std::size_t index) noexcept {
    worker_core& core = step.core(index);
    rt.here().owner = &core;
    rt.point();
    core.times.begin(rt.now());
    tell_tracker([&](tracker& t) { t.worker_started(step.name, index); });
    try {
        step.work(index);
    } catch (...) {
        fail(core, "hand-over", 0, std::current_exception());
    }
    step.clean_up(index);
    tell_tracker([&](tracker& t) { t.worker_ended(step.name, index); });
    step_left(step);
    core.times.change(activity::ended, rt.now());
    rt.here().owner = nullptr;
    thread_left();
}

void run_core::run_source(source_core& source) noexcept {
    rt.here().owner = &source.core;
    rt.point();
    source.core.times.begin(rt.now());
    try {
        source.pull();
    } catch (...) {
        fail(source.core, "source", 0, std::current_exception());
    }
    source.core.times.change(activity::ended, rt.now());
    rt.here().owner = nullptr;
    source_left();
    thread_left();
}

void run_core::step_left(step_core& step) noexcept {
    if (step.working_.fetch_sub(1) != 1) {
        return;
    }
    if (!step.saw_end.load() && !step.in().is_cancelled()) {
        end_upstream(step);
    }
    if (step.initialised_) {
        rt.point();
        try {
            step.step_shutdown();
        } catch (...) {
            fail(step.core(0), "step_shutdown", 0, std::current_exception());
        }
    }
    if (edge_core* const next = step.out(); next != nullptr) {
        next->close("the step '" + step.name + "' has ended");
    }
}

void run_core::end_upstream(const step_core& step) {
    const std::string why = "step '" + step.name + "' stopped reading";
    {
        const std::lock_guard lock(mutex_);
        if (state_ == run_state::running) {
            state_ = run_state::ended_early;
            closed_why_ = why;
        }
        finishing_ = true;
    }
    stop_sources();
    for (std::size_t i = 0; i <= step.position; ++i) {
        steps[i]->in().cancel(why);
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
    const std::lock_guard lock(mutex_);
    ended_ = true;
    waiting_.wake_all(rt);
}

bool run_core::wait(time_point until) {
    rt.point();
    std::unique_lock lock(mutex_);
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
            waiting_.wake_all(rt);
            break;
        }
        if (until != never && rt.now() >= until) {
            return false;
        }
        waiter me(rt.here());
        waiting_.add(me);
        lock.unlock();
        rt.park(until);
        rt.point();
        lock.lock();
        waiting_.remove(me);
    }
    return true;
}

void run_core::leave_behind() {
    std::vector<std::unique_ptr<runtime::thread>> threads;
    {
        const std::lock_guard lock(mutex_);
        threads.swap(threads_);
        joined_ = true;
    }
    for (const auto& t : threads) {
        t->detach();
    }
}

// Ends
// ---------------------------------------------------------------------------------------------

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
    for (source_core* const source : running_sources()) {
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

void run_core::stop_everything(const std::string& why) {
    stop_.request_stop();
    stop_sources();
    for (const auto& step : steps) {
        step->in().cancel(why);
    }
    if (results != nullptr) {
        results->cancel(why);
    }
}

void run_core::stop_sources() {
    for (source_core* const source : running_sources()) {
        source->stopping.store(true);
        source->interrupt();
    }
}

std::vector<source_core*> run_core::running_sources() const {
    const std::lock_guard lock(mutex_);
    std::vector<source_core*> all;
    all.reserve(sources_.size());
    for (const auto& s : sources_) {
        all.push_back(s.get());
    }
    return all;
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
// -----------------------------------------------------------------------------------------

void run_core::fail(const worker_core& at, const char* where, unsigned attempt,
                    std::exception_ptr error) noexcept {
    failure f{.step = at.step != nullptr ? at.step->name : "source",
              .where = where,
              .what = describe(error),
              .error = std::move(error),
              .attempt = attempt,
              .worker = at.index,
              .when = rt.now()};
    bool first = false;
    std::string why;
    {
        const std::lock_guard lock(mutex_);
        first = ++failure_count_ == 1;
        if (first) {
            state_ = run_state::failed;
            finishing_ = true;
            closed_why_ = "the run failed: " + to_string(f);
            why = closed_why_;
        }
        if (failures_.size() < failures_kept) {
            failures_.push_back(f);
        }
    }
    if (!first) {
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

void run_core::rethrow_failure() {
    std::exception_ptr error;
    {
        const std::lock_guard lock(mutex_);
        if (failures_.empty()) {
            return;
        }
        error = failures_.front().error;
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
// ----------------------------------------------------------------------------------------

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
