#include "erased.hpp"

#include <optional>
#include <string>

namespace model {
namespace {

paipa::generator<token> children(token t, script s) {
    s.begin(t);
    const auto n = s.plan->fan_out(t, 3);
    for (std::uint64_t i = 0; i < n; ++i) {
        co_yield s.plan->child(t, i);
    }
    s.end(t);
}

}  // namespace

paipa::step_options options_of(const step_plan& s) {
    paipa::step_options o{
        .threads = s.threads,
        .capacity = s.capacity,
        .retry = {.attempts = s.attempts, .delay = s.delay, .jitter = s.size % 2 == 0},
        .on_failure = s.on_failure,
        .ordered = s.ordered};
    const auto is_lost = [](const refused& error) { return error.lost; };
    if (s.policies) {
        const paipa::failure_rule lost(s.on_lost, paipa::detail::errors_if(is_lost));
        o.on_failure = {lost, s.on_failure};
    }
    if (s.policies && s.attempts > 1) {
        o.retry.on = paipa::retry_on_if([=](const refused& error) { return !is_lost(error); });
    }
    if (s.budget > 0) {
        o.retry.budget.ratio = s.budget;
    }
    return o;
}

plain_step make_function(const std::string& name, const script& s) {
    const auto o = options_of(*s.plan);
    if (s.plan->what == kind::generator) {
        return erase<token, token>(paipa::step(name, [s](token t) { return children(t, s); }, o));
    }
    if (s.plan->what == kind::optional) {
        return erase<token, token>(paipa::step(
            name,
            [s](token t) -> std::optional<token> {
                s.begin(t);
                s.end(t);
                return s.plan->skips(t) ? std::nullopt : std::optional(s.plan->child(t, 0));
            },
            o));
    }
    return erase<token, token>(paipa::step(
        name,
        [s](const token& t) {
            s.begin(t);
            s.end(t);
            return s.plan->child(t, 0);
        },
        o));
}

}  // namespace model
