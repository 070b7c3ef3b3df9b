#ifndef PAIPA_DETAIL_ATTEMPT_HELD_OUTPUTS_HPP
#define PAIPA_DETAIL_ATTEMPT_HELD_OUTPUTS_HPP
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

}  // namespace paipa::detail
#endif
