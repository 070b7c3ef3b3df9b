#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/explanation.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/intake.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace paipa::detail {

std::string in_seconds(duration d) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(d).count());
    return text;
}

std::string explanation::text() const {
    const time_point now = rt_.now();
    std::string text;
    for (const auto& step : graph_.steps) {
        const edge_report in = step->in().figures();
        text += "  " + in.from + " -> " + step->name + ": " + std::to_string(in.queued) + " of " +
                std::to_string(in.limit) + " queued, " + std::to_string(step->in().unfinished()) +
                " unfinished\n";
        if (const std::size_t n = step->in().retries().in_vain; n > 0) {
            text += "    " + std::to_string(n) +
                    " items go back and forth by requeue, and nothing else happens\n";
        }
        for (std::size_t i = 0; i < step->made(); ++i) {
            text += describe(step->name, step->core(i), now);
        }
    }
    for (std::size_t i = 0; const source_core* const source = intake_.source(i); ++i) {
        text += describe(source->name, source->core, now);
    }
    if (graph_.results != nullptr) {
        const edge_report out = graph_.results->edge.figures();
        text += "  results: " + std::to_string(out.queued) + " of " + std::to_string(out.limit) +
                " unread\n";
    }
    return text;
}

std::string explanation::way_out() const {
    const time_point now = rt_.now();
    // From the last step on: who stands behind holds up all.
    for (auto step = graph_.steps.rbegin(); step != graph_.steps.rend(); ++step) {
        for (std::size_t i = 0; i < (*step)->made(); ++i) {
            const time_sheet& times = (*step)->core(i).times;
            if (times.state() == activity::running) {
                return "step '" + (*step)->name + "', worker " + std::to_string(i) +
                       ", has been in its code for " + in_seconds(now - times.since()) +
                       ": its return, or a drain or cancel that its stop token hears, would end "
                       "the wait";
            }
        }
        if ((*step)->in().retries().waiting > 0) {
            return "items of step '" + (*step)->name +
                   "' wait for their next try: its time, a drain or a cancel would end the wait";
        }
    }
    return graph_.results != nullptr
               ? "the results wait for a reader: results() read on, stop, drain or cancel would "
                 "end the wait"
               : "a drain or a cancel would end the wait";
}

std::string explanation::describe(const std::string& name, const worker_context& w,
                                  time_point now) {
    const activity a = w.times.state();
    std::string text = "    " + name + "/" + std::to_string(w.index) + ": ";
    if (a == activity::ended) {
        return text + "not running\n";
    }
    if (a == activity::running && w.clock != nullptr) {
        if (const auto ran = w.clock->overdue(now)) {
            return text + "running for " + in_seconds(*ran) + ", " +
                   in_seconds(*ran - w.clock->timeout()) +
                   " beyond its item_timeout: its code has not heard its stop token\n";
        }
    }
    const std::string since = " for " + in_seconds(now - w.times.since()) + "\n";
    if (const char* const hook = w.times.hook(); hook != nullptr && a == activity::in_hook) {
        return text + "in " + hook + since;
    } else if (hook != nullptr && a == activity::running) {
        return text + "in " + hook + ", " + std::string(to_string(a)) + since;
    }
    return text + std::string(to_string(a)) + since;
}

}  // namespace paipa::detail
