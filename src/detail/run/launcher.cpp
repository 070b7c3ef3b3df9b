#include <paipa/detail/run/launcher.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>

#include "run_thread.hpp"
#include "starting_hook.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace paipa::detail {

launcher::launcher(std::shared_ptr<run_core> run) : run_(std::move(run)), parts_(run_->parts()) {}

bool launcher::start() {
    const bool started = start_steps();
    parts_.graph.start_bounds();
    if (started) {
        start_threads();
    }
    return started && !is_refused_;
}

/// Everything that happens before the first thread: instances and hooks. False when one threw; then
/// nothing is left to run.
bool launcher::start_steps() {
    const auto& steps = parts_.graph.steps;
    std::size_t at = 0;
    const char* where = "constructor";
    std::size_t worker = 0;
    try {
        for (at = 0; at < steps.size(); ++at) {
            steps[at]->make_workers(*run_);
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
        const worker_context unmade(*run_, &step, worker);
        run_->fail(worker < step.made() ? step.core(worker) : unmade, where,
                   std::current_exception());
    }
    give_up_steps();
    return false;
}

/// A step ends when its last worker leaves.
void launcher::give_up_steps() noexcept {
    for (const auto& step : parts_.graph.steps) {
        for (std::size_t i = 0; i < step->options.threads; ++i) {
            step_left(*run_, *step);
        }
        for (std::size_t i = 0; i < step->threads(); ++i) {
            run_->thread_left();
        }
    }
    parts_.intake.give_up_start();
}

/// One worker of each step first, then the sources: there is work for the others when they come.
/// Where sources came last, a hundred workers waited and had to be woken, one by the other.
void launcher::start_threads() {
    const auto& steps = parts_.graph.steps;
    for (const auto& step : steps) {
        if (step->timer != nullptr) {
            start_timer(*step);
        }
    }
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        start_worker(**step, 0);
    }
    for (std::size_t i = 0; source_core* const source = parts_.intake.next_to_start(i); ++i) {
        start_source(*source);
    }
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        for (std::size_t i = 1; i < (*step)->options.threads; ++i) {
            start_worker(**step, i);
        }
    }
}

/// Asks for all memory that the thread needs, so the want of it is a refused thread.
template <class F>
bool launcher::spawn(const worker_context& core, const std::string& name, const std::string& role,
                     F body) noexcept {
    if (is_refused_) {
        return false;
    }
    try {
        parts_.lifecycle.spawn(name + "/" + role, std::move(body));
        return true;
    } catch (...) {
        is_refused_ = true;
        run_->fail(core, "start of the thread", std::current_exception());
        return false;
    }
}

void launcher::start_worker(step_core& step, std::size_t i) {
    const bool ok = spawn(step.core(i), step.name, std::to_string(i),
                          [run = run_, &step, i] { run_worker(*run, step, i); });
    if (!ok) {
        step_left(*run_, step);
        run_->thread_left();
    }
}

void launcher::start_timer(step_core& step) {
    const bool ok =
        spawn(step.core(0), step.name, "timer", [run = run_, &step] { run_timer(*run, step); });
    if (!ok) {
        run_->thread_left();
    }
}

void launcher::start_source(source_core& source) {
    const bool ok = spawn(source.core, source.name, std::to_string(source.core.index),
                          [run = run_, &source] { run_source(*run, source); });
    if (!ok) {
        parts_.intake.source_left();
        run_->thread_left();
    }
}

}  // namespace paipa::detail
