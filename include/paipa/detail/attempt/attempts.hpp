#ifndef PAIPA_DETAIL_ATTEMPT_ATTEMPTS_HPP
#define PAIPA_DETAIL_ATTEMPT_ATTEMPTS_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace paipa::detail {

/// In a handler: whether the exception is `skip_entry`.
[[nodiscard]] bool is_skip_in_flight() noexcept;

/// Where an item can wait, at no attempt's cost, for the time that its step asks for.
enum class waiting_place {
    edge,    // like a retry
    worker,  // in the hand of its worker, as the step keeps order, or has no edge in front of it
    none     // the call has consumed it
};

/// One failed try of an item, as the step's worker saw it.
struct failed_try {
    const item_type& type;
    void* cell;            // of the item, which is moved out where it is kept
    std::uint64_t number;  // of the item, in its step
    unsigned attempt;      // from 1
    retry_entry* before;   // what is known of earlier tries, if any
    std::exception_ptr error;
    waiting_place place = waiting_place::edge;
    duration waited{};            // so far; here or in `before`
    std::exception_ptr around{};  // the caller of the run handles this; no `give_up` is for it
    std::string what{};           // the failure's text; empty: that of `error`
    time_point due{};             // of the next try, of an item that waits with its worker
};

/// Translates the outcome of a try that did not fail for trackers.
item_outcome to_item_outcome(outcome o) noexcept;

/// Decides by the options what becomes of the item of a failed try: it waits for its next try in
/// `back`, or with its worker until `f.due`; is given to `add_dead_letter`; or is dropped.
/// `failed`: the run must stop, for `f.error`, with the text `f.what`.
item_outcome apply_failure_policy(failed_try& f, const step_options& options, duration pause,
                                  time_point now, std::vector<retry_entry>& back,
                                  const std::function<void(dead_letter)>& add_dead_letter);

}  // namespace paipa::detail
#endif
