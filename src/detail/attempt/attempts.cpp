#include <paipa/detail/attempt/attempts.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

bool is_skip_in_flight() noexcept {
    try {
        throw;
    } catch (const skip_entry&) {
        return true;
    } catch (...) {
        return false;
    }
}

item_outcome to_item_outcome(outcome o) noexcept {
    switch (o) {
        case outcome::skipped:
            return item_outcome::skipped;
        case outcome::abandoned:
            return item_outcome::abandoned;
        default:
            return item_outcome::finished;
    }
}

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
bool may_wait(failed_try& f, const step_options& options, duration wait, duration waited) {
    if (f.place == waiting_place::none) {
        f.what = text_of(f) +
                 ": the item cannot come back, as its call has consumed it: give the step "
                 ".retry.attempts, or take the item by const reference";
        return false;
    }
    const duration limit = options.retry.retry_after_limit;
    if (wait > limit || waited > limit - wait) {
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
    return f.before == nullptr ? std::vector<attempt_error>{} : std::move(f.before->errors);
}

std::vector<attempt_error> all_errors(failed_try& f, time_point now) {
    std::vector<attempt_error> errors = errors_before(f);
    errors.push_back({text_of(f), f.error, now});
    return errors;
}

}  // namespace

item_outcome apply_failure_policy(failed_try& f, const step_options& options, duration pause,
                                  time_point now, std::vector<retry_entry>& back,
                                  const std::function<void(dead_letter)>& add_dead_letter) {
    std::optional<failure_action> decided;
    try {
        const wish step = wish_of(f);
        const duration waited = f.before == nullptr ? f.waited : f.before->waited;
        if (step.comes_back_after && may_wait(f, options, *step.comes_back_after, waited)) {
            f.due = later(now, *step.comes_back_after);
            f.waited = waited + *step.comes_back_after;
            if (f.place == waiting_place::worker) {
                return item_outcome::retried;
            }
            back.push_back({.item = item_box(f.type, f.cell),
                            .sequence = f.number,
                            .attempt = f.attempt - 1,
                            .errors = errors_before(f),
                            .due = f.due,
                            .why = comes_back::as_it_asked,
                            .waited = f.waited});
            return item_outcome::retried;
        }
        if (!step.gives_up && f.attempt < options.retry.attempts &&
            is_worth_a_retry(f, options.retry)) {
            back.push_back({.item = item_box(f.type, f.cell),
                            .sequence = f.number,
                            .attempt = f.attempt,
                            .errors = all_errors(f, now),
                            .due = later(now, pause),
                            .why = comes_back::after_a_failure,
                            .waited = waited});
            return item_outcome::retried;
        }
        decided = action_for(f, options.on_failure);
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
    const failure_action action = decided.value_or(options.on_failure.last_action());
    return action == failure_action::drop ? item_outcome::dropped : item_outcome::failed;
}

}  // namespace paipa::detail
