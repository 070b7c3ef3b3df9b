#ifndef PAIPA_DETAIL_ATTEMPT_HELD_OUTPUTS_HPP
#define PAIPA_DETAIL_ATTEMPT_HELD_OUTPUTS_HPP
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>

#include <cstddef>
#include <string>

namespace paipa::detail {

/// Outputs of one item that are held until its try has ended.
inline constexpr std::size_t most_held_outputs = 1'048'576;

/// Throws `state_error`: the step's item has more outputs than may be held.
[[noreturn]] void refuse_more_outputs(const std::string& step);

/// Throws the same if more than `most_held_outputs` are held. Returns false: none of them may
/// leave yet.
inline bool check_held(std::size_t outputs, const std::string& step) {
    if (outputs > most_held_outputs) {
        refuse_more_outputs(step);
    }
    return false;
}

/// Whether the run may go on without an item that failed.
[[nodiscard]] bool goes_on_without_items(const failure_rules& rules) noexcept;

/// Whether the time of a try is bounded.
[[nodiscard]] bool has_timeout(const step_options& options) noexcept;

/// Whether an item must stay whole: for another try, or as a dead letter.
[[nodiscard]] bool keeps_items(const step_options& resolved) noexcept;

/// Whether outputs leave only when their try has succeeded: where it may be tried again, may
/// be late, or the run goes on without its item. `resolved` options leave nothing to the pipeline.
[[nodiscard]] bool holds_outputs(const step_options& resolved) noexcept;

}  // namespace paipa::detail
#endif
