#include "bottleneck.hpp"

#include <paipa/report.hpp>
#include <paipa/time.hpp>

#include "text_table.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace paipa {
namespace {

/// A party that does one thing for this share of the run's time holds the others up, or is held up.
constexpr double held_up = 0.5;
/// A party that needs this share of what the busiest one needs is as much of a bottleneck.
constexpr double as_busy = 0.9;
/// A run as short as this may consist of the start of its threads.
constexpr duration too_short = std::chrono::milliseconds{1};
/// Processors are busy if they are used for this share of the time. Threads wait for processors if
/// they run longer, by this factor, than they use processors.
constexpr double processors_busy = 0.8;
constexpr double crowded = 1.25;

/// A step with all steps that are fused to it, or a source.
struct party {
    std::string name;  // "step 'a'", "the source 's'"
    std::string threads;
    double count;
    time_by_state time;
    std::optional<duration> cpu;
    const step_report* step;  // null: a source
    bool is_last = false;     // no step is behind it
};

std::string percent(double share) {
    return number(100 * std::min(share, 1.0), "%.0f") + " %";
}

/// A part of the time as a share of the whole run, for each of the party's threads.
double share(duration part, const party& p, const report& r) {
    return std::chrono::duration<double>(part) / std::chrono::duration<double>(r.elapsed) / p.count;
}

std::vector<party> parties(const report& r) {
    std::vector<party> all;
    for (const step_report& s : r.steps) {
        if (s.fused && !all.empty()) {
            std::string& name = all.back().name;
            name.insert(name.size() - 1, " + " + s.name);
            all.back().is_last = s.is_last;
            continue;
        }
        all.push_back(
            {"step '" + s.name + "'",
             s.threads == 1 ? "its worker" : "its " + std::to_string(s.threads) + " workers",
             static_cast<double>(std::max<std::size_t>(1, s.threads)), s.time, s.cpu, &s,
             s.is_last});
    }
    for (const source_report& s : r.sources) {
        all.push_back(
            {"the source '" + s.name + "'", "its thread", 1, s.time, s.cpu, nullptr, false});
    }
    return all;
}

double busy(const party& p, const report& r) {
    return share(p.time.running, p, r);
}

std::string ran(const party& p, const report& r) {
    return p.threads + " ran " + percent(busy(p, r)) + " of the time";
}

/// Added for a party that runs all the time, if most of its tries were for items that came again.
std::string again(const party& p) {
    if (p.step == nullptr || 2 * p.step->retries <= p.step->received) {
        return {};
    }
    return ", and " + std::to_string(p.step->retries) + " of " +
           std::to_string(p.step->received + p.step->retries) + " tries were repeated ones";
}

/// Seconds of processor time that a party has used.
double used_by(const party& p) {
    return std::chrono::duration<double>(p.cpu.value_or(duration{})).count();
}

/// The text for a run whose threads wait for processors, because there are too few. Empty if they
/// do not.
std::string crowd(const std::vector<party>& all, const report& r) {
    if (r.processors == 0 ||
        std::any_of(all.begin(), all.end(), [](const party& p) { return !p.cpu.has_value(); })) {
        return {};
    }
    double used = 0;
    double ran = 0;
    for (const party& p : all) {
        used += used_by(p);
        ran += std::chrono::duration<double>(p.time.running).count();
    }
    const double there =
        static_cast<double>(r.processors) * std::chrono::duration<double>(r.elapsed).count();
    if (used < processors_busy * there || ran < crowded * used) {
        return {};
    }
    const party& most =
        *std::max_element(all.begin(), all.end(),
                          [](const party& x, const party& y) { return used_by(x) < used_by(y); });
    return "the bottleneck is the machine: its " + std::to_string(r.processors) +
           " processors were busy " + percent(used / there) + " of the time, " +
           percent(used_by(most) / used) + " of that with " + most.name;
}

/// What a party spends most of its time on while nobody runs most of the time. Empty if there is no
/// such thing.
std::string wait_of(const party& p, const report& r, bool is_last) {
    const time_by_state& t = p.time;
    const auto of = [&](duration d) { return share(d, p, r); };
    if (of(t.in_hooks) >= held_up) {
        return "the bottleneck is the hooks of " + p.name + ": " + p.threads + " spent " +
               percent(of(t.in_hooks)) + " of the time in them";
    }
    if (of(t.waiting_to_retry) >= held_up) {
        return "the bottleneck is the retries of " + p.name + ": " + p.threads + " waited " +
               percent(of(t.waiting_to_retry)) + " of the time for " +
               std::to_string(p.step->retries) + " further tries";
    }
    // In an ordered step one worker waits for room, and the others for their turn behind it.
    const bool no_room = of(t.waiting_for_room + t.waiting_for_turn) >= held_up &&
                         of(t.waiting_for_room) * p.count >= held_up;
    if (is_last && no_room) {
        return "the bottleneck is whoever reads the results: " + p.name + " waited for room " +
               percent(of(t.waiting_for_room + t.waiting_for_turn)) + " of the time";
    }
    if (of(t.waiting_for_turn) >= held_up && !no_room) {
        return "the bottleneck is the order of " + p.name + ": " + p.threads + " waited " +
               percent(of(t.waiting_for_turn)) + " of the time for single items that took long";
    }
    if (of(t.waiting_for_meta) >= held_up) {
        return "the bottleneck is the meta entries: " + p.name + " waited " +
               percent(of(t.waiting_for_meta)) + " of the time for one to pass";
    }
    return {};
}

/// The text for a party that waits for input most of the time: from a queue, or from the program.
/// Empty if it does not.
std::string hunger(const party& p, const report& r, bool is_first) {
    const double part = share(p.time.waiting_for_input, p, r);
    if (part < held_up) {
        return {};
    }
    if (p.step == nullptr) {
        return "the bottleneck is whoever feeds " + p.name + ": it waited for input " +
               percent(part) + " of the time";
    }
    return is_first && r.sources.empty() ? "the bottleneck is whoever puts the items: " + p.name +
                                               " waited for input " + percent(part) + " of the time"
                                         : std::string();
}

/// What the run waits for most of the time. Empty if there is no such thing.
std::string longest_wait(const std::vector<party>& all, const report& r) {
    std::size_t last = 0;  // the last step
    for (std::size_t i = 0; i < all.size(); ++i) {
        last = all[i].step != nullptr ? i : last;
    }
    for (std::size_t i = last + 1;
         i-- > 0;) {  // what holds up a step also holds up those before it
        if (const std::string text = wait_of(all[i], r, i == last || all[i].is_last);
            !text.empty()) {
            return text;
        }
    }
    for (std::size_t i = all.size(); i-- > 0;) {  // the sources first
        if (const std::string text = hunger(all[i], r, i == 0); !text.empty()) {
            return text;
        }
    }
    return {};
}

}  // namespace

std::string bottleneck_of(const report& r) {
    if (std::all_of(r.steps.begin(), r.steps.end(),
                    [](const auto& s) { return s.received == 0; })) {
        return "no step has received anything";
    }
    if (r.elapsed < too_short) {
        return "the run was too short to say what holds it up";
    }
    const std::vector<party> all = parties(r);
    if (const std::string text = crowd(all, r); !text.empty()) {
        return text;
    }
    std::vector<const party*> busiest(all.size());
    std::transform(all.begin(), all.end(), busiest.begin(), [](const party& p) { return &p; });
    std::stable_sort(busiest.begin(), busiest.end(),
                     [&](const party* a, const party* b) { return busy(*a, r) > busy(*b, r); });
    const party& first = *busiest.front();
    if (busy(first, r) >= held_up) {
        if (busiest.size() > 1 && busy(*busiest[1], r) >= as_busy * busy(first, r)) {
            return "none stands out: of " + first.name + " " + ran(first, r) + ", of " +
                   busiest[1]->name + " " + ran(*busiest[1], r);
        }
        return "the bottleneck is " + first.name + ": " + ran(first, r) + again(first);
    }
    std::string wait = longest_wait(all, r);
    if (!wait.empty()) {
        return wait;
    }
    return "no step holds the others up: the busiest is " + first.name + ", " + ran(first, r);
}

}  // namespace paipa
