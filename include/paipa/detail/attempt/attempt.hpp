#ifndef PAIPA_DETAIL_ATTEMPT_ATTEMPT_HPP
#define PAIPA_DETAIL_ATTEMPT_ATTEMPT_HPP
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/time.hpp>

#include <cstdint>
#include <exception>

namespace paipa::detail {

struct worker_context;

/// One try of one item. Threads, fused steps and inline steps go the same way: `take` the item,
/// begin its time, `run_call`, and settle the item by the `call_end`.
struct attempt {
    std::uint64_t number = ~std::uint64_t{0};  // of the item, in its step
    unsigned index = 1;                        // of the try, from 1
    retry_entry* before = nullptr;             // of earlier tries; null: this is the first one
    duration waited{};                         // in all, because the step threw `retry_after`
    time_point due{};                          // of the next try, where the item waits in hand
    ticket_in_hand hand{};                     // of the item, where tickets travel

    /// The item is in hand. An item that has waited in hand keeps the sum of its waits.
    void take(std::uint64_t n, retry_entry* earlier) noexcept {
        if (earlier != nullptr) {
            waited = earlier->waited;
        } else if (n != number) {
            waited = {};
        }
        number = n;
        index = earlier == nullptr ? 1 : earlier->attempt + 1;
        before = earlier;
    }
};

/// How the call of a try has ended.
struct call_end {
    outcome result = outcome::finished;  // of a try that has not failed
    bool threw = false;
    std::exception_ptr error{};  // the failure of the try; null: it has not failed

    /// The outputs of the try do not count.
    [[nodiscard]] bool discards_outputs() const noexcept {
        return threw || error != nullptr || result == outcome::abandoned;
    }
};

/// In a handler: how the call has ended that threw the exception in flight. `skip_entry` is no
/// failure, unless the call was late.
[[nodiscard]] call_end end_of_throw(const worker_context& at);

/// Calls `call`, which returns an `outcome`, and says how it has ended. A late call has failed,
/// whatever it has done.
template <class Call>
[[gnu::always_inline]] inline call_end run_call(const worker_context& at, const Call& call) {
    try {
        const outcome o = call();
        if (!ends_in_time(at)) [[unlikely]] {
            return {.result = o, .error = failure_in_time(at, nullptr)};
        }
        return {.result = o};
    } catch (...) {
        return end_of_throw(at);
    }
}

/// The outcome of a try that did not fail, as trackers see it.
[[nodiscard]] item_outcome to_item_outcome(outcome o) noexcept;

}  // namespace paipa::detail
#endif
