#ifndef PAIPA_ENGINE_ATTEMPTS_HPP
#define PAIPA_ENGINE_ATTEMPTS_HPP
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/worker_core.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace paipa::engine {

/// In a handler: whether the exception is `skip_entry`.
[[nodiscard]] bool is_skip_in_flight() noexcept;

/// One failed try of an item, as the step's worker saw it.
struct failed_try {
    const item_type& type;
    void* cell;            // of the item, which is moved out where it is kept
    std::uint64_t number;  // of the item, in its step
    unsigned attempt;      // from 1
    retry_entry* before;   // what is known of earlier tries, if any
    std::exception_ptr error;
    const char* cannot_wait = nullptr;  // why the item cannot come back without `attempts`, or null
    std::exception_ptr around{};  // the caller of the run handles this; no `give_up` is for it
    std::string what{};           // the failure's text; empty: that of `error`
};

/// Reasons for `failed_try::cannot_wait`.
inline constexpr const char* item_is_consumed =
    "the step has consumed its item: give it .retry.attempts, or take the item by const reference";
inline constexpr const char* item_has_no_place =
    "an ordered step without .retry.attempts keeps no place for its item";
inline constexpr const char* item_has_no_edge =
    "a fused step behind the first has no edge in front of it";

/// The same, for a tracker, of a try that did not fail.
item_outcome told(outcome o) noexcept;

/// Contains a failure as far as the options allow: the item waits in `back` for its next try, goes
/// to `bury`, or is dropped. `failed`: the run must stop, for `f.error`, with the text `f.what`.
item_outcome contain(failed_try& f, const step_options& options, duration pause, time_point now,
                     std::vector<retry_entry>& back, const std::function<void(dead_letter)>& bury);

}  // namespace paipa::engine
#endif
