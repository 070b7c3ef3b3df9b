#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/report.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace paipa::detail {

graph::graph() = default;

graph::~graph() = default;

std::size_t graph::threads() const noexcept {
    std::size_t n = 0;
    for (const auto& step : steps) {
        n += step->threads();
    }
    return n;
}

std::uint64_t graph::delivered() const {
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

bool graph::holds_items() const {
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

void graph::start_bounds() {
    for (const auto& edge : edges) {
        edge->start_bounds();
    }
    if (results != nullptr) {
        results->edge.start_bounds();
    }
}

void graph::cancel(std::string_view why, std::size_t first_steps) {
    for (std::size_t i = first_steps; i > 0; --i) {
        steps[i - 1]->in().cancel(why);
    }
}

void graph::request_stops(std::size_t first_steps) noexcept {
    for (std::size_t i = 0; i < first_steps; ++i) {
        steps[i]->request_stop();
    }
}

bool graph::stops_may_run_user_code(std::size_t first_steps) const noexcept {
    return std::any_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(first_steps),
                       [](const auto& step) { return step->stop_may_run_user_code(); });
}

void graph::drop_given_up() noexcept {
    for (const auto& edge : edges) {
        edge->drop_given_up();
    }
    if (results != nullptr) {
        results->edge.drop_given_up();
    }
}

}  // namespace paipa::detail
