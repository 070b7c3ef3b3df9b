#include "support.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// What a report says of a run that goes on.

namespace {

using namespace promises;

/// Every figure that only ever grows, by its name.
std::vector<std::pair<std::string, std::uint64_t>> counters(const paipa::report& r) {
    std::vector<std::pair<std::string, std::uint64_t>> all{{"delivered", r.delivered}};
    const auto add = [&](const std::string& name, std::uint64_t n) { all.emplace_back(name, n); };
    const auto add_time = [&](const std::string& name, const paipa::time_by_state& t) {
        for (const auto& [what, d] : {std::pair{" running", t.running},
                                      {" input", t.waiting_for_input},
                                      {" room", t.waiting_for_room},
                                      {" retry", t.waiting_to_retry}}) {
            add(name + what, static_cast<std::uint64_t>(d.count()));
        }
    };
    for (const paipa::step_report& s : r.steps) {
        add(s.name + " received", s.received);
        add(s.name + " finished", s.finished);
        add(s.name + " skipped", s.skipped);
        add(s.name + " emitted", s.emitted);
        add_time(s.name, s.time);
    }
    for (const paipa::edge_report& e : r.edges) {
        add(e.to + " pushed", e.pushed);
        add(e.to + " popped", e.popped);
    }
    for (const paipa::source_report& s : r.sources) {
        add(s.name + " emitted", s.emitted);
        add_time(s.name, s.time);
    }
    return all;
}

class live_report : public with_threads {};

PAIPA_WITH_THREADS(live_report);

TEST_P(live_report, never_goes_back) {
    paipa::pipeline<int> p{
        paipa::step("chunk", paipa::chunk(7), {.threads = threads(), .capacity = 64}) |
            paipa::step("flat", paipa::flatten(), {.threads = threads(), .capacity = 4}) |
            paipa::step("even", [](int x) { return x % 2 == 0 ? std::optional(x) : std::nullopt; },
                        {.threads = threads(), .capacity = 16, .ordered = true}) |
            paipa::step("end", [](int) {}, {.capacity = 16}),
        {.quiet = true}};
    p.put_iterable(std::views::iota(0, 40'000));
    p.start();
    std::vector<std::string> went_back;
    auto last = counters(p.report());
    const auto look = [&] {
        auto now = counters(p.report());
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (now[i].second < last[i].second) {
                went_back.push_back(now[i].first + " from " + std::to_string(last[i].second) +
                                    " to " + std::to_string(now[i].second));
            }
        }
        last = std::move(now);
    };
    while (p.alive()) {
        look();
    }
    expect_closed(p.stop());
    look();
    EXPECT_EQ(went_back, std::vector<std::string>{});
}

}  // namespace
