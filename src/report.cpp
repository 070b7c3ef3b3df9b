#include <paipa/failure.hpp>
#include <paipa/report.hpp>
#include <paipa/time.hpp>

#include "text_table.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace paipa {
namespace {

double in_seconds(duration d) {
    return std::chrono::duration<double>(d).count();
}

/// Who does one thing for so many percent of the time holds the others up, or is held up.
constexpr double held_up = 50;

duration all_of(const time_by_state& t) {
    return t.running + t.waiting_for_input + t.waiting_for_room + t.waiting_to_retry;
}

/// Share of the threads' time, in percent.
double percent(duration part, const time_by_state& t) {
    const duration all = all_of(t);
    return all <= duration::zero() ? 0 : 100 * in_seconds(part) / in_seconds(all);
}

std::uint64_t sum(const report& r, std::uint64_t step_report::* field) {
    std::uint64_t n = 0;
    for (const step_report& s : r.steps) {
        n += s.*field;
    }
    return n;
}

/// A source may end long before the run, so its shares are of the run's time.
double percent(duration part, const report& r) {
    return r.elapsed <= duration::zero() ? 0 : 100 * in_seconds(part) / in_seconds(r.elapsed);
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::string text;
    for (const std::string& line : text_table(rows)) {
        text += "  " + line + '\n';
    }
    return text;
}

std::string steps_table(const report& r) {
    std::vector<std::vector<std::string>> rows{
        {"step", "threads", "received", "finished", "skipped", "dead", "dropped", "abandoned",
         "inside", "emitted", "retries", "running", "no input", "no room", "to retry"}};
    for (const step_report& s : r.steps) {
        rows.push_back({s.name, std::to_string(s.threads), std::to_string(s.received),
                        std::to_string(s.finished), std::to_string(s.skipped),
                        std::to_string(s.dead), std::to_string(s.dropped),
                        std::to_string(s.abandoned), std::to_string(s.inside),
                        std::to_string(s.emitted), std::to_string(s.retries),
                        number(percent(s.time.running, s.time), "%.0f %%"),
                        number(percent(s.time.waiting_for_input, s.time), "%.0f %%"),
                        number(percent(s.time.waiting_for_room, s.time), "%.0f %%"),
                        number(percent(s.time.waiting_to_retry, s.time), "%.0f %%")});
    }
    return table(rows);
}

std::string sources_table(const report& r) {
    std::vector<std::vector<std::string>> rows{
        {"source", "emitted", "running", "no input", "no room"}};
    for (const source_report& s : r.sources) {
        rows.push_back({s.name, std::to_string(s.emitted),
                        number(percent(s.time.running, r), "%.0f %%"),
                        number(percent(s.time.waiting_for_input, r), "%.0f %%"),
                        number(percent(s.time.waiting_for_room, r), "%.0f %%")});
    }
    return table(rows);
}

std::string edges_table(const report& r) {
    std::vector<std::vector<std::string>> rows{
        {"edge", "capacity", "pushed", "popped", "abandoned", "queued", "most"}};
    for (const edge_report& e : r.edges) {
        rows.push_back({e.from + " -> " + e.to, std::to_string(e.capacity),
                        std::to_string(e.pushed), std::to_string(e.popped),
                        std::to_string(e.abandoned), std::to_string(e.queued),
                        std::to_string(e.most)});
    }
    return table(rows);
}

}  // namespace

std::string_view to_string(activity a) noexcept {
    switch (a) {
        case activity::running:
            return "running";
        case activity::waiting_for_input:
            return "waiting for input";
        case activity::waiting_for_room:
            return "waiting for room";
        case activity::waiting_for_turn:
            return "waiting for its turn";
        case activity::waiting_for_meta:
            return "waiting for a meta entry to pass";
        case activity::waiting_to_retry:
            return "waiting to retry";
        case activity::in_hook:
            return "in a hook";
        case activity::ended:
            break;
    }
    return "ended";
}

std::string_view to_string(run_state s) noexcept {
    switch (s) {
        case run_state::ready:
            return "ready";
        case run_state::running:
            return "running";
        case run_state::finished:
            return "finished";
        case run_state::ended_early:
            return "ended early";
        case run_state::drained:
            return "drained";
        case run_state::cancelled:
            return "cancelled";
        case run_state::failed:
            break;
    }
    return "failed";
}

report::report() = default;

report::report(const report&) = default;

report::report(report&&) noexcept = default;

report& report::operator=(const report&) = default;

report& report::operator=(report&&) noexcept = default;

report::~report() = default;

bool report::balanced() const noexcept {
    return std::all_of(steps.begin(), steps.end(), [](const auto& s) { return s.balanced(); }) &&
           std::all_of(edges.begin(), edges.end(), [](const auto& e) { return e.balanced(); });
}

std::uint64_t report::abandoned() const noexcept {
    std::uint64_t n = sum(*this, &step_report::abandoned);
    for (const edge_report& e : edges) {
        n += e.abandoned;
    }
    return n;
}

std::uint64_t report::dead() const noexcept {
    return sum(*this, &step_report::dead);
}

std::uint64_t report::dropped() const noexcept {
    return sum(*this, &step_report::dropped);
}

std::uint64_t report::skipped() const noexcept {
    return sum(*this, &step_report::skipped);
}

std::string report::bottleneck() const {
    const auto slowest = std::max_element(
        steps.begin(), steps.end(), [](const step_report& a, const step_report& b) {
            return percent(a.time.running, a.time) < percent(b.time.running, b.time);
        });
    if (slowest == steps.end() || slowest->received == 0) {
        return "no step has received anything";
    }
    const double busy = percent(slowest->time.running, slowest->time);
    const auto source = std::max_element(sources.begin(), sources.end(),
                                         [](const source_report& a, const source_report& b) {
                                             return a.time.running < b.time.running;
                                         });
    if (source != sources.end()) {
        const double pulling = percent(source->time.running, *this);
        if (pulling >= held_up && pulling > busy) {
            return "the bottleneck is the source '" + source->name + "': its thread ran " +
                   number(pulling, "%.0f") + " % of the time";
        }
    }
    const std::string workers =
        slowest->threads == 1 ? "worker" : std::to_string(slowest->threads) + " workers";
    const std::string figures =
        "its " + workers + " ran " + number(busy, "%.0f") + " % of the time";
    if (busy >= held_up) {
        return "the bottleneck is step '" + slowest->name + "': " + figures;
    }
    const auto last = std::find_if(steps.rbegin(), steps.rend(), [](const step_report& s) {
        return all_of(s.time) > duration::zero();  // of fused steps the first has the time
    });
    if (last != steps.rend()) {
        const double waited = percent(last->time.waiting_for_room, last->time);
        if (waited >= held_up) {
            return "the bottleneck is whoever reads the results: step '" + last->name +
                   "' waited for room " + number(waited, "%.0f") + " % of the time";
        }
    }
    return "no step holds the others up: the busiest is '" + slowest->name + "', " + figures;
}

std::string report::text() const {
    std::string t = "pipeline '" + name + "': " + std::string(to_string(state)) + " after " +
                    number(in_seconds(elapsed), "%.3f s") + ", " + std::to_string(delivered) +
                    " delivered, " + std::to_string(dead()) + " dead, " +
                    std::to_string(dropped()) + " dropped, " + std::to_string(abandoned()) +
                    " abandoned\n";
    if (!steps.empty()) {
        t += steps_table(*this);
    }
    if (!sources.empty()) {
        t += sources_table(*this);
    }
    if (!edges.empty()) {  // a run on threads
        t += edges_table(*this) + "  " + bottleneck() + "\n";
    }
    for (const failure& f : failures) {
        t += "  failure in " + to_string(f) + "\n";
    }
    if (failure_count > failures.size()) {
        t += "  and " + std::to_string(failure_count - failures.size()) + " more failures\n";
    }
    if (notices_skipped > 0) {
        t += "  " + std::to_string(notices_skipped) +
             " notices skipped: a reporter or the log hook was still at work\n";
    }
    return t;
}

std::ostream& operator<<(std::ostream& out, const report& r) {
    return out << r.text();
}

}  // namespace paipa
