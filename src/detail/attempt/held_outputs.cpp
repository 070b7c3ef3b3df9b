#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/error.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <string>

namespace paipa::detail {

void refuse_more_outputs(const std::string& step) {
    throw state_error("step '" + step + "': outputs of one item: expected at most " +
                      std::to_string(most_held_outputs) +
                      ", which are held until the item has succeeded, got more; use .outputs = "
                      "paipa::outputs::at_once, or make smaller items");
}

bool goes_on_without_items(const failure_rules& rules) noexcept {
    return rules.may(failure_action::dead_letter) || rules.may(failure_action::drop);
}

bool has_timeout(const step_options& options) noexcept {
    return options.item_timeout > duration::zero();
}

bool keeps_items(const step_options& resolved) noexcept {
    return resolved.retry.attempts > 1 || resolved.on_failure.may(failure_action::dead_letter);
}

bool holds_outputs(const step_options& resolved) noexcept {
    return resolved.outputs == outputs::hold &&
           (resolved.retry.attempts > 1 || goes_on_without_items(resolved.on_failure) ||
            has_timeout(resolved));
}

}  // namespace paipa::detail
