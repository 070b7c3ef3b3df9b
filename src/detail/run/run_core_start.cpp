#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>

#include "starting_hook.hpp"

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

// How a run starts: instances and hooks, then the threads.

namespace paipa::detail {

/// False when a hook threw, or a thread was refused.
bool run_core::start_all() {
    const bool started = start_steps();
    for (const auto& step : steps) {
        step->in().start_bounds();
    }
    if (results != nullptr) {
        results->edge.start_bounds();
    }
    if (started) {
        start_threads();
    }
    return started && !start_failed_.load();
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
            {
                const starting_hook here(step.core(0), where);
                step.step_initialize();
            }
            step.initialised = true;
            where = "initialize";
            for (; worker < step.options.threads; ++worker) {
                const starting_hook here(step.core(worker), where);
                step.initialize(worker);
            }
        }
        return true;
    } catch (...) {
        step_core& step = *steps[at];
        const worker_context unmade(*this, &step, worker);
        fail(worker < step.made() ? step.core(worker) : unmade, where, std::current_exception());
    }
    for (const auto& step : steps) {  // a step ends when its last worker leaves
        for (std::size_t i = 0; i < step->options.threads; ++i) {
            step_left(*step);
        }
        for (std::size_t i = 0; i < step->threads(); ++i) {
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

/// One worker of each step first, then the sources: there is work for the others when they come.
/// Where sources came last, a hundred workers waited and had to be woken, one by the other.
void run_core::start_threads() {
    for (const auto& step : steps) {
        if (step->timer != nullptr) {
            start_timer(*step);
        }
    }
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        start_worker(**step, 0);
    }
    for (std::size_t i = 0; source_core* const source = next_to_start(i); ++i) {
        start_source(*source);
    }
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        for (std::size_t i = 1; i < (*step)->options.threads; ++i) {
            start_worker(**step, i);
        }
    }
}

void run_core::start_worker(step_core& step, std::size_t i) {
    const bool ok = spawn(step.core(i), step.name, nullptr,
                          [self = shared_from_this(), &step, i] { self->run_worker(step, i); });
    if (!ok) {
        step_left(step);
        thread_left();
    }
}

void run_core::start_timer(step_core& step) {
    const bool ok = spawn(step.core(0), step.name, "timer",
                          [self = shared_from_this(), &step] { self->run_timer(step); });
    if (!ok) {
        thread_left();
    }
}

/// Null at the end of the list; from then on newcomers start themselves.
source_core* run_core::next_to_start(std::size_t i) noexcept {
    const std::lock_guard lock(mutex_);
    sources_started_ = i == sources_.size();
    return sources_started_ ? nullptr : sources_[i].get();
}

void run_core::start_source(source_core& source) {
    const bool ok = spawn(source.core, source.name, nullptr,
                          [self = shared_from_this(), &source] { self->run_source(source); });
    if (!ok) {
        source_left();
        thread_left();
    }
}

/// `role` null: a worker, whose number stands behind the name.
template <class F>
bool run_core::spawn(const worker_context& core, const std::string& name, const char* role,
                     F body) noexcept {
    if (start_failed_.load()) {
        return false;
    }
    try {
        const std::string label =
            name + "/" + (role != nullptr ? role : std::to_string(core.index));
        const std::lock_guard lock(mutex_);
        threads_.reserve(threads_.size() + 1);  // first: a thread that runs cannot be taken back
        threads_.push_back(rt.spawn(label, std::move(body)));
        return true;
    } catch (...) {
        start_failed_.store(true);
        fail(core, "start of the thread", std::current_exception());
        return false;
    }
}

}  // namespace paipa::detail
