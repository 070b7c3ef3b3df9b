#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/error.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

bool has_budget(const retry_policy& policy) noexcept {
    return policy.budget.ratio != std::numeric_limits<double>::infinity();
}

namespace {

/// Per step. Beyond what systems grant; without a bound the books of refused threads never end.
constexpr std::size_t most_threads = 65'536;
/// Items that an ordered step may be ahead; there is memory for all of them from the start.
constexpr std::size_t most_ordered = std::size_t{1} << 24;

void require(bool holds, const std::string& where, const std::string& what,
             const std::string& expected, const std::string& got) {
    if (!holds) {
        throw config_error(where + ": " + what + ": expected " + expected + ", got " + got);
    }
}

std::string text(duration d) {
    return std::to_string(d.count()) + " ns";
}

void check_retry(const retry_policy& r, const std::string& where) {
    require(r.delay >= duration::zero(), where, "retry.delay", "0 or more", text(r.delay));
    require(r.max_delay >= duration::zero(), where, "retry.max_delay", "0 or more",
            text(r.max_delay));
    require(std::isfinite(r.factor) && r.factor >= 1, where, "retry.factor", "1 or more",
            std::to_string(r.factor));
    require(r.retry_after_limit >= duration::zero(), where, "retry.retry_after_limit", "0 or more",
            text(r.retry_after_limit));
    require(r.budget.ratio > 0, where, "retry.budget.ratio", "more than 0",
            std::to_string(r.budget.ratio));
    const std::string few = "attempts = " + std::to_string(r.attempts);
    require(r.attempts > 1 || r.on.accepts_all(), where, "retry.on", "it with 2 attempts or more",
            few);
    require(r.attempts > 1 || !has_budget(r), where, "retry.budget", "it with 2 attempts or more",
            few);
}

void check_rules(const failure_rules& rules, const std::string& where) {
    require(!rules.has_idle_rules(), where, "on_failure", "a plain action at the end alone",
            "rules behind it, which would never decide");
}

void check_capacity(std::size_t items, const std::string& where) {
    require(items >= 1, where, "capacity", "at least 1", "0");
}

}  // namespace

step_head::step_head(std::string n, step_options o, bool by_user)
    : name(std::move(n)), options(std::move(o)), named(by_user) {}

step_head::step_head(const char* kind) : name(kind), named(false) {}

step_head::step_head(const step_head&) = default;

step_head::step_head(step_head&&) noexcept = default;

step_head::~step_head() = default;

void check_step(const step_head& head) {
    const step_options& o = head.options;
    require(!head.name.empty(), "paipa::step", "name", "some text", "an empty one");
    const std::string where = "paipa::step '" + head.name + "'";
    require(o.threads >= 1, where, "threads", "at least 1", "0");
    require(o.threads <= most_threads, where, "threads", "at most " + std::to_string(most_threads),
            std::to_string(o.threads));
    check_capacity(o.capacity, where);
    check_retry(o.retry, where);
    check_rules(o.on_failure, where);
    require(o.idle_interval > duration::zero(), where, "idle_interval", "more than 0",
            text(o.idle_interval));
    require(o.item_timeout >= duration::zero(), where, "item_timeout", "0 or more",
            text(o.item_timeout));
}

void check_keeps_no_items(const step_head& head) {
    const std::string where = "paipa::iter_step '" + head.name + "'";
    require(head.options.retry.attempts <= 1, where, "retry.attempts",
            "1, because what an iter step has pulled cannot be tried again",
            std::to_string(head.options.retry.attempts));
    require(!failure_policy(head.options).goes_on_without_items(), where, "on_failure",
            "failure_action::fail, because a range that threw has ended", "another action");
    require(!failure_policy(head.options).has_timeout(), where, "item_timeout",
            "none, because an iter step is not called item by item",
            text(head.options.item_timeout));
    require(!head.options.ordered || head.options.threads == 1, where, "ordered",
            "one thread, because an iter step relates no output to an input",
            std::to_string(head.options.threads) + " threads");
}

void check_keeps_back(const step_head& head) {
    const step_options& o = head.options;
    require(!o.ordered || o.threads == 1, "paipa::step '" + head.name + "'", "ordered",
            "one thread, because each worker keeps items back, and what it keeps has no place in "
            "the order",
            std::to_string(o.threads) + " threads");
    require(!failure_policy(o).has_timeout(), "paipa::step '" + head.name + "'", "item_timeout",
            "none, because the step keeps items beyond their call", text(o.item_timeout));
}

void check_never_idle(const step_head& head) {
    require(head.options.idle_interval == step_options{}.idle_interval,
            "paipa::step '" + head.name + "'", "idle_interval",
            "it at a class step with in_queue_empty alone", text(head.options.idle_interval));
}

void check_one_thread(const step_head& head, const std::string& why) {
    require(head.options.threads == 1, "paipa::step '" + head.name + "'", "threads",
            "1, because " + why, std::to_string(head.options.threads));
}

void check_fused(const step_head& first, const step_head& head) {
    const std::string where = "paipa::fuse: step '" + head.name + "'";
    const step_options& o = head.options;
    const std::string why = ", because it has no edge in front of it";
    require(o.threads == 1 || o.threads == first.options.threads, where, "threads",
            "those of '" + first.name + "', " + std::to_string(first.options.threads),
            std::to_string(o.threads));
    require(o.capacity == default_capacity, where, "capacity", "none" + why,
            std::to_string(o.capacity));
    require(o.retry.attempts <= 1, where, "retry.attempts", "1" + why,
            std::to_string(o.retry.attempts));
    require(!failure_policy(o).has_timeout(), where, "item_timeout", "none" + why,
            text(o.item_timeout));
    require(!o.ordered || first.options.ordered, where, "ordered",
            "it at the first step, '" + first.name + "'", "it here alone");
}

void check_pipeline(const pipeline_options& o) {
    const std::string where = "paipa::pipeline '" + o.name + "'";
    check_capacity(o.capacity, where);
    check_retry(o.retry, where);
    check_rules(o.on_failure, where);
    require(o.retry.attempts >= 1, where, "retry.attempts", "at least 1", "0");
    require(o.notice_interval > duration::zero(), where, "notice_interval", "more than 0",
            text(o.notice_interval));
    require(std::find(o.reporters.begin(), o.reporters.end(), nullptr) == o.reporters.end(), where,
            "reporters", "reporters", "a null one");
}

void check_names(const step_heads& heads) {
    std::set<std::string> seen;
    for (const step_head* const h : heads) {
        require(!h->named || seen.insert(h->name).second, "paipa::flow", "step names",
                "each name once", "'" + h->name + "' twice");
    }
}

std::vector<std::string> unique_names(const step_heads& heads) {
    std::set<std::string> taken;
    for (const step_head* const h : heads) {
        if (h->named) {
            taken.insert(h->name);
        }
    }
    std::vector<std::string> names;
    for (const step_head* const h : heads) {
        std::string name = h->name;
        for (int n = 2; !h->named && !taken.insert(name).second; ++n) {
            name = h->name + "#" + std::to_string(n);
        }
        names.push_back(name);
    }
    return names;
}

step_options resolve(const step_head& head, const pipeline_options& pipeline,
                     std::size_t default_items, bool keeps_items) {
    step_options o = head.options;
    if (o.capacity == default_capacity) {
        o.capacity = pipeline.capacity == default_capacity ? default_items : pipeline.capacity;
    }
    if (!keeps_items) {
        o.retry.attempts = 1;
        o.on_failure = {};
        return o;
    }
    if (o.retry.attempts == 0) {
        o.retry = pipeline.retry;
    }
    o.on_failure.add(pipeline.on_failure);
    require(!o.ordered || o.capacity <= most_ordered, "paipa::step '" + head.name + "'", "capacity",
            "at most " + std::to_string(most_ordered) +
                ", because an ordered step keeps a place for each item",
            std::to_string(o.capacity));
    return o;
}

void check_can_keep(const std::string& name, const step_options& resolved, bool can_keep) {
    if (can_keep) {
        return;
    }
    const std::string where = "paipa::step '" + name + "'";
    const std::string expected =
        "an item that can be copied, or a step that takes it by const reference";
    require(
        resolved.retry.attempts <= 1, where, "retry.attempts", expected,
        "a move-only item by value with " + std::to_string(resolved.retry.attempts) + " attempts");
    require(!resolved.on_failure.may(failure_action::dead_letter), where,
            "failure_action::dead_letter", expected, "a move-only item by value");
}

}  // namespace paipa::detail
