#include "shape_check.hpp"

#include <paipa/detail/ticket/final_outcome.hpp>

#include "../ticket_book.hpp"
#include "shape.hpp"
#include "shape_run.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace model {
namespace {

/// What reaches the sink, and by which steps.
struct arrival {
    traveller item;
    bool keeps_order;
};

/// What comes of one item.
struct journey {
    std::vector<arrival> arrivals{};
    bool skipped = false;  // a part of it
};

void walk(const shape& s, std::size_t at, arrival a, journey& all) {
    const shape_step& step = s.steps[at];
    if (step.does == deed::skip && a.item.is_skipped()) {
        all.skipped = true;
        return;
    }
    a.keeps_order = a.keeps_order && step.keeps_order();
    if (step.to.empty()) {
        all.arrivals.push_back(a);
    } else if (!step.is_fork()) {
        walk(s, step.to[0], a, all);
    } else {
        for (std::size_t k = 0; k < step.to.size(); ++k) {
            if (step.does == deed::broadcast || k == step.way_of(a.item)) {
                arrival next = a;
                next.item.take(k);
                walk(s, step.to[k], next, all);
            }
        }
    }
}

journey journey_of(const shape& s, int id) {
    journey j;
    walk(s, 0, {.item = {.id = id, .path = 0}, .keeps_order = true}, j);
    return j;
}

std::string text(const traveller& t) {
    return std::to_string(t.id) + " by " + std::to_string(t.path);
}

}  // namespace

std::string check_all(const shape& s, const shape_end& end) {
    std::vector<traveller> wanted;
    std::map<std::uint64_t, int> last;  // of the ways that keep their order
    for (int i = 0; i < s.items; ++i) {
        for (const arrival& a : journey_of(s, i).arrivals) {
            wanted.push_back(a.item);
            if (a.keeps_order) {
                last[a.item.path] = -1;
            }
        }
    }
    std::vector<traveller> got = end.seen;
    std::sort(wanted.begin(), wanted.end());
    std::sort(got.begin(), got.end());
    if (got != wanted) {
        return "expected " + std::to_string(wanted.size()) + " arrivals, got " +
               std::to_string(got.size()) + ", or others";
    }
    for (const traveller& t : end.seen) {
        if (const auto before = last.find(t.path); before != last.end()) {
            if (t.id < before->second) {
                return text(t) + " came behind " + std::to_string(before->second);
            }
            before->second = t.id;
        }
    }
    if (end.entries_seen.size() != s.entries.size()) {
        return "expected " + std::to_string(s.entries.size()) + " entries, got " +
               std::to_string(end.entries_seen.size());
    }
    for (std::size_t i = 0; i < s.entries.size(); ++i) {
        const auto before = std::count_if(wanted.begin(), wanted.end(),
                                          [&](const auto& t) { return t.id < s.entries[i]; });
        if (end.entries_seen[i] != std::pair(s.entries[i], static_cast<std::size_t>(before))) {
            return "entry " + std::to_string(s.entries[i]) + ": expected it behind " +
                   std::to_string(before) + " items, got entry " +
                   std::to_string(end.entries_seen[i].first) + " behind " +
                   std::to_string(end.entries_seen[i].second);
        }
    }
    for (const auto& row : end.books.steps) {
        if (row.is_last != (&row == &end.books.steps.back())) {
            return "another step than the sink is the last one";
        }
    }
    return end.books.delivered == end.seen.size() ? "" : "the count is not what the sink has seen";
}

std::string check_books(const shape& s, const shape_end& end) {
    if (!end.books.balanced()) {
        return "the books do not balance";
    }
    std::vector<std::uint64_t> sent(s.steps.size(), 0);
    for (std::size_t i = 0; i < s.steps.size(); ++i) {
        if (end.books.steps[i].inside != 0) {
            return "items are left inside";
        }
        // What all steps in front of an edge have sent is what has come there.
        std::uint64_t in_front = 0;
        bool is_simple = i > 0;
        for (std::size_t j = 0; j < i; ++j) {
            const auto& to = s.steps[j].to;
            if (std::find(to.begin(), to.end(), i) != to.end()) {
                in_front += end.books.steps[j].emitted;
                is_simple = is_simple && to.size() == 1;
            }
        }
        if (is_simple && in_front != end.books.edges[i].pushed) {
            return "step " + std::to_string(i) + ": its edge has other items than were sent";
        }
    }
    return {};
}

std::string check_tickets(const shape& s, const shape_end& end, ticket_book& book) {
    using paipa::detail::final_outcome;
    if (!end.too_late.empty()) {
        return text(end.too_late.front()) + " came when its ticket had ended";
    }
    const std::set<traveller> seen(end.seen.begin(), end.seen.end());
    for (std::uint64_t i = 0; i < book.window().opened(); ++i) {
        const auto outcome = book.outcome_of(i);
        if (!outcome) {
            return "ticket " + std::to_string(i) + " has not ended";
        }
        const journey j = journey_of(s, static_cast<int>(i));
        const auto wanted = j.skipped ? final_outcome::skipped : final_outcome::delivered;
        const bool ended_well = *outcome == wanted;
        const bool may_differ = *outcome == final_outcome::abandoned && !s.ends_well();
        if (!ended_well && !may_differ && !s.has_early_ends()) {
            return "ticket " + std::to_string(i) + " has ended as " +
                   std::to_string(static_cast<int>(*outcome));
        }
        for (const arrival& a : j.arrivals) {
            if (ended_well && !s.has_early_ends() && !seen.contains(a.item)) {
                return "ticket " + std::to_string(i) + " has ended, but " + text(a.item) +
                       " never came";
            }
        }
    }
    return {};
}

}  // namespace model
