#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
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
#include <vector>

namespace paipa::detail {
namespace {

/// Items that the step has handed on, or else those that it is through with.
std::uint64_t left(step_core& step) {
    const bool emits = step.emits();
    const bool fused = !emits && !step.parts().empty();
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < step.made(); ++i) {
        const worker_context& w = fused ? step.parts().back()->worker(i).core : step.core(i);
        n += emits ? w.emitted() : w.finished();
    }
    return n;
}

bool is_one_of(const step_core& step, graph::which those) noexcept {
    return those == graph::which::all || (those == graph::which::unwanted && step.unwanted.load());
}

}  // namespace

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
    std::uint64_t n = 0;
    for (const auto& step : steps) {
        n += step->is_last ? left(*step) : 0;
    }
    return n;
}

bool graph::holds_items() const {
    for (const auto& step : steps) {
        if (step->in().figures().queued > 0 || step->in().retries().waiting > 0) {
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

/// Two steps may be given up at once: each stores its mark before it loads those of others, so one
/// of the two callers sees both.
bool graph::give_up(step_core& step) noexcept {
    step.unwanted.store(true);
    const auto leads_nowhere = [this](const way& w) { return is_unwanted(*w.to); };
    for (auto s = steps.rbegin(); s != steps.rend(); ++s) {
        const std::vector<way>& ways = (*s)->ways();
        if (!ways.empty() && std::all_of(ways.begin(), ways.end(), leads_nowhere)) {
            (*s)->unwanted.store(true);
        }
    }
    return steps.front()->unwanted.load();
}

bool graph::is_unwanted(const edge_core& in_front) const noexcept {
    return std::any_of(steps.begin(), steps.end(), [&in_front](const auto& s) {
        return &s->in() == &in_front && s->unwanted.load();
    });
}

void graph::cancel(std::string_view why, which those) {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        if (is_one_of(**step, those)) {
            (*step)->in().cancel(why);
        }
    }
}

void graph::request_stops(which those) noexcept {
    for (const auto& step : steps) {
        if (is_one_of(*step, those)) {
            step->request_stop();
        }
    }
}

bool graph::stops_may_run_user_code(which those) const noexcept {
    return std::any_of(steps.begin(), steps.end(), [those](const auto& step) {
        return is_one_of(*step, those) && step->stop_may_run_user_code();
    });
}

void graph::drop_given_up(which those) noexcept {
    for (const auto& edge : edges) {
        if (those == which::all || is_unwanted(*edge)) {
            edge->drop_given_up();
        }
    }
    if (results != nullptr && those == which::all) {
        results->edge.drop_given_up();
    }
}

}  // namespace paipa::detail
