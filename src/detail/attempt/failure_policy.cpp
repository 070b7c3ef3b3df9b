#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

namespace {

/// No two tries follow each other at once: a step that asks for no pause would use a whole
/// processor.
constexpr duration least_wait = std::chrono::milliseconds{1};

/// What a step asks for by the exception that it throws.
struct wish {
    bool gives_up = false;
    std::optional<duration> comes_back_after{};
};

/// Where the step gave up in a handler, the failure is what it handled.
wish wish_of(failed_try& f) {
    try {
        std::rethrow_exception(std::exception_ptr(f.error));
    } catch (const give_up& g) {
        if (g.cause != nullptr && g.cause != f.around) {
            f.what = std::string(g.what()) + ": " + describe(g.cause);
            f.error = g.cause;
        }
        return {.gives_up = true};
    } catch (const retry_after& r) {
        return {.comes_back_after = std::max(r.delay, least_wait)};
    } catch (...) {
        return {};
    }
}

std::string text_of(const failed_try& f) {
    return f.what.empty() ? describe(f.error) : f.what;
}

/// In a handler: a policy threw, so that is the failure.
void blame_policy(failed_try& f) noexcept {
    f.error = std::current_exception();
    f.what.clear();
}

/// Whether the item may wait as long as its step asks, at no attempt's cost. If not, the failure's
/// text says why.
bool may_wait(failed_try& f, const retry_policy& policy, duration wait) {
    if (f.place == waiting_place::none) {
        f.what = text_of(f) +
                 ": the item cannot come back, as its call has consumed it: give the step "
                 ".retry.attempts, or take the item by const reference";
        return false;
    }
    const duration limit = policy.retry_after_limit;
    if (wait > limit || f.tried.waited > limit - wait) {
        f.what = text_of(f) + ": the item may wait no longer: its retry_after_limit is used up";
        return false;
    }
    return true;
}

bool is_worth_a_retry(failed_try& f, const retry_policy& policy) {
    try {
        return policy.on.accepts(f.error);
    } catch (...) {
        blame_policy(f);
        return false;
    }
}

failure_action action_for(failed_try& f, const failure_rules& rules) {
    try {
        return rules.action_for(f.error);
    } catch (...) {
        blame_policy(f);
        return rules.last_action();
    }
}

std::vector<attempt_error> errors_before(failed_try& f) {
    return f.tried.before == nullptr ? std::vector<attempt_error>{}
                                     : std::move(f.tried.before->errors);
}

std::vector<attempt_error> all_errors(failed_try& f, time_point now) {
    std::vector<attempt_error> errors = errors_before(f);
    errors.push_back({text_of(f), f.error, now});
    return errors;
}

}  // namespace

failure_policy::failure_policy(const step_options& options) noexcept
    : options_(options),
      has_timeout_(options.item_timeout > duration::zero()),
      goes_on_without_items_(options.on_failure.may(failure_action::dead_letter) ||
                             options.on_failure.may(failure_action::drop)),
      keeps_items_(options.retry.attempts > 1 ||
                   options.on_failure.may(failure_action::dead_letter)),
      discards_outputs_(options.retry.attempts > 1 || goes_on_without_items_ || has_timeout_),
      holds_outputs_(options.outputs == outputs::hold && discards_outputs_) {}

item_outcome failure_policy::apply(failed_try& f, std::uint64_t seed, time_point now,
                                   std::vector<retry_entry>& back,
                                   const std::function<void(dead_letter)>& add_dead_letter) const {
    std::optional<failure_action> decided;
    try {
        const wish step = wish_of(f);
        if (step.comes_back_after && may_wait(f, options_.retry, *step.comes_back_after)) {
            f.tried.due = later(now, *step.comes_back_after);
            f.tried.waited += *step.comes_back_after;
            if (f.place == waiting_place::worker) {
                return item_outcome::retried;
            }
            back.push_back({.item = item_box(f.type, f.cell),
                            .sequence = f.tried.number,
                            .attempt = f.tried.index - 1,
                            .errors = errors_before(f),
                            .due = f.tried.due,
                            .why = comes_back::as_it_asked,
                            .waited = f.tried.waited});
            return item_outcome::retried;
        }
        if (!step.gives_up && f.tried.index < options_.retry.attempts &&
            is_worth_a_retry(f, options_.retry)) {
            back.push_back({.item = item_box(f.type, f.cell),
                            .sequence = f.tried.number,
                            .attempt = f.tried.index,
                            .errors = all_errors(f, now),
                            .due = later(now, retry_pause(options_.retry, f.tried.index, seed)),
                            .why = comes_back::after_a_failure,
                            .waited = f.tried.waited});
            return item_outcome::retried;
        }
        decided = action_for(f, options_.on_failure);
        if (decided == failure_action::dead_letter) {
            std::vector<attempt_error> errors = all_errors(f, now);
            auto box = std::make_shared<item_box>(f.type, f.cell);
            add_dead_letter(
                dead_letter{.step = {},
                            .worker = 0,
                            .attempts = std::move(errors),
                            .item = std::shared_ptr<const void>(box, f.type.item(box->cell())),
                            .type = f.type.type});
            return item_outcome::dead;
        }
    } catch (...) {
        f.error = std::current_exception();  // no memory for the item's errors
        f.what.clear();
    }
    const failure_action action = decided.value_or(options_.on_failure.last_action());
    return action == failure_action::drop ? item_outcome::dropped : item_outcome::failed;
}

duration retry_pause(const retry_policy& p, unsigned attempt, std::uint64_t seed) noexcept {
    if (p.delay == duration::zero()) {
        return p.delay;  // times a factor that may have grown beyond all numbers
    }
    double part = 1;
    if (p.jitter) {
        std::minstd_rand random(static_cast<std::uint32_t>(seed * 2654435761U + attempt));
        random.discard(2);
        part = std::uniform_real_distribution<double>(0.5, 1.0)(random);
    }
    const double grown = static_cast<double>(p.delay.count()) * std::pow(p.factor, attempt - 1.0);
    const auto most = static_cast<double>(p.max_delay.count());
    if (grown >= most && part == 1) {
        return p.max_delay;  // exactly, which a double may not hold
    }
    return std::min(p.max_delay,
                    duration{static_cast<duration::rep>(part * std::min(grown, most))});
}

}  // namespace paipa::detail
