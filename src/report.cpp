#include <paipa/failure.hpp>
#include <paipa/report.hpp>
#include <paipa/time.hpp>

#include "bottleneck.hpp"
#include "text_table.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace paipa {
namespace {

double in_seconds(duration d) {
    return std::chrono::duration<double>(d).count();
}

std::uint64_t sum(const report& r, std::uint64_t step_report::* field) {
    std::uint64_t n = 0;
    for (const step_report& s : r.steps) {
        n += s.*field;
    }
    return n;
}

/// Threads may end long before the run, so their shares are of the run's time.
std::string percent(duration part, const report& r, std::size_t threads = 1) {
    const double all =
        in_seconds(r.elapsed) * static_cast<double>(std::max<std::size_t>(1, threads));
    return number(all <= 0 ? 0 : 100 * in_seconds(part) / all, "%.0f %%");
}

struct column {
    const char* name;
    duration time_by_state::* field;
    bool always;
};

/// What threads do with their time. The rare things are shown only where they took any time.
constexpr column columns[] = {{"running", &time_by_state::running, true},
                              {"no input", &time_by_state::waiting_for_input, true},
                              {"no room", &time_by_state::waiting_for_room, true},
                              {"to retry", &time_by_state::waiting_to_retry, true},
                              {"no turn", &time_by_state::waiting_for_turn, false},
                              {"meta", &time_by_state::waiting_for_meta, false},
                              {"hooks", &time_by_state::in_hooks, false}};

std::vector<column> shown_columns(const report& r) {
    std::vector<column> shown;
    std::copy_if(
        std::begin(columns), std::end(columns), std::back_inserter(shown), [&r](const column& c) {
            return c.always || std::any_of(r.steps.begin(), r.steps.end(), [&c](const auto& s) {
                       return s.time.*c.field > duration::zero();
                   });
        });
    return shown;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::string text;
    for (const std::string& line : text_table(rows)) {
        text += "  " + line + '\n';
    }
    return text;
}

std::string steps_table(const report& r) {
    std::vector<std::vector<std::string>> rows{{"step", "threads", "received", "finished",
                                                "skipped", "dead", "dropped", "abandoned", "inside",
                                                "emitted", "retries"}};
    const std::vector<column> times = shown_columns(r);
    for (const column& c : times) {
        rows.front().emplace_back(c.name);
    }
    for (const step_report& s : r.steps) {
        rows.push_back({s.name, std::to_string(s.threads), std::to_string(s.received),
                        std::to_string(s.finished), std::to_string(s.skipped),
                        std::to_string(s.dead), std::to_string(s.dropped),
                        std::to_string(s.abandoned), std::to_string(s.inside),
                        std::to_string(s.emitted), std::to_string(s.retries)});
        for (const column& c : times) {
            rows.back().push_back(percent(s.time.*c.field, r, s.threads));
        }
    }
    return table(rows);
}

std::string sources_table(const report& r) {
    std::vector<std::vector<std::string>> rows{
        {"source", "emitted", "running", "no input", "no room"}};
    for (const source_report& s : r.sources) {
        rows.push_back({s.name, std::to_string(s.emitted), percent(s.time.running, r),
                        percent(s.time.waiting_for_input, r), percent(s.time.waiting_for_room, r)});
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
    return bottleneck_of(*this);
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
