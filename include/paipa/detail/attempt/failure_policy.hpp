#ifndef PAIPA_DETAIL_ATTEMPT_FAILURE_POLICY_HPP
#define PAIPA_DETAIL_ATTEMPT_FAILURE_POLICY_HPP
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

struct attempt;
struct item_type;
struct retry_entry;

/// Where an item can wait, at no attempt's cost, for the time that its step asks for.
enum class waiting_place {
    edge,    // like a retry
    worker,  // in the hand of its worker, as the step keeps order, or has no edge in front of it
    none     // the call has consumed it
};

/// One failed try of an item, as the step's worker saw it.
struct failed_try {
    const item_type& type;
    void* cell;  // of the item, which is moved out where it is kept
    attempt& tried;
    std::exception_ptr error;
    waiting_place place = waiting_place::edge;
    std::exception_ptr around{};  // handled by the caller of the run, so never a `give_up` cause
    std::string what{};           // the failure's text; empty: that of `error`
};

/// A step's rules for items that fail. They are made once, from the step's options, and never
/// change. Steps on threads, fused steps and inline steps all ask an object of this class.
class failure_policy {
public:
    /// The options outlive this. Those that are left to the pipeline ask for nothing here.
    explicit failure_policy(const step_options& options) noexcept;

    /// The time of a try is bounded.
    [[nodiscard]] bool has_timeout() const noexcept { return has_timeout_; }

    /// The run may go on without an item that failed.
    [[nodiscard]] bool goes_on_without_items() const noexcept { return goes_on_without_items_; }

    /// An item must stay whole: for another try, or as a dead letter.
    [[nodiscard]] bool keeps_items() const noexcept { return keeps_items_; }

    /// The outputs of a failed try must not be seen, because the item may be tried again, may be
    /// late, or the run goes on without it. If so, a chain holds outputs, whatever the options say.
    [[nodiscard]] bool discards_outputs() const noexcept { return discards_outputs_; }

    /// Outputs leave only when their try has succeeded. If an item may have many outputs, the
    /// options may say that they leave at once. The one output of any other item is held if it may
    /// be late.
    [[nodiscard]] bool holds_outputs(bool may_be_many) const noexcept {
        return may_be_many ? holds_outputs_ : has_timeout_;
    }

    /// Where an item waits if the step asks for that. `stays_whole`: its call leaves it as it was.
    [[nodiscard]] waiting_place place(bool stays_whole, waiting_place usual) const noexcept {
        return keeps_items_ || stays_whole ? usual : waiting_place::none;
    }

    /// Decides what becomes of the item of a failed try: it waits for its next try in `back`, or
    /// with its worker until `f.tried.due`; is given to `add_dead_letter`; or is dropped.
    /// `failed`: the run must stop, for `f.error`, with the text `f.what`. `seed` is for the
    /// jitter of the pause.
    item_outcome apply(failed_try& f, std::uint64_t seed, time_point now,
                       std::vector<retry_entry>& back,
                       const std::function<void(dead_letter)>& add_dead_letter) const;

private:
    const step_options& options_;
    const bool has_timeout_;
    const bool goes_on_without_items_;
    const bool keeps_items_;
    const bool discards_outputs_;
    const bool holds_outputs_;
};

/// The pause before the next try of an item that has failed `attempt` times.
[[nodiscard]] duration retry_pause(const retry_policy& policy, unsigned attempt,
                                   std::uint64_t seed) noexcept;

}  // namespace paipa::detail
#endif
