#include "oracle.hpp"

#include "plan.hpp"

#include <cstdint>
#include <vector>

namespace model {
namespace {

void process(const step_plan& s, const token& t, expectation& e) {
    std::uint64_t children = 1;
    bool changes = true;
    switch (s.what) {
        case kind::optional:
            children = s.skips(t) ? 0 : 1;
            e.skipped += 1 - children;
            break;
        case kind::filter:
            children = s.skips(t) ? 0 : 1;
            e.skipped += 1 - children;
            changes = false;
            break;
        case kind::generator:
        case kind::flat_map:
            children = s.fan_out(t, 3);
            break;
        case kind::emitter:
            children = s.fan_out(t, 2);
            break;
        case kind::take:
        case kind::identity:
        case kind::chunk:
            changes = false;
            break;
        default:
            break;
    }
    for (std::uint64_t n = 0; n < children; ++n) {
        e.out.push_back(changes ? s.child(t, n) : t);
    }
}

}  // namespace

expectation expect(const step_plan& s, const std::vector<token>& in) {
    expectation e;
    for (const token& t : in) {
        const paipa::failure_action action = s.action(t);
        if (s.failures(t) < s.attempts && !s.ends_at_once(t)) {
            process(s, t, e);
        } else if (action == paipa::failure_action::dead_letter) {
            ++e.dead;
            e.letters.push_back(t);
        } else if (action == paipa::failure_action::drop) {
            ++e.dropped;
        } else {
            e.fails = true;
        }
    }
    if (s.what == kind::emitter) {
        for (std::uint64_t worker = 0; worker <= s.threads; ++worker) {
            e.out.push_back(s.farewell(worker));
        }
    }
    return e;
}

bool keeps_order(const step_plan& s) {
    if (s.threads == 1) {
        return (s.attempts == 1 && !s.policies) || !s.faulty || s.ordered;
    }
    return s.ordered && s.what != kind::emitter;
}

}  // namespace model
