#ifndef PAIPA_DETAIL_STAGE_FUSED_WORKER_HPP
#define PAIPA_DETAIL_STAGE_FUSED_WORKER_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/time.hpp>

#include <cstddef>

namespace paipa::detail {

class fused_part;
class stage_run;

/// In a handler: outputs that had succeeded cannot all go on, so the run fails.
void fail_hand_over(const worker_context& at) noexcept;

/// One worker's books for a `fused_part`, and what becomes of the items that fail there.
class fused_worker {
public:
    fused_worker(stage_run& run, fused_part& part, std::size_t worker);

    /// Nobody watches, no item is kept, and the run has not failed here: all that is left is to
    /// count.
    [[nodiscard]] bool is_plain() const noexcept { return plain_; }

    /// Before an item. False: this worker has just failed the run, and the item is abandoned.
    [[nodiscard]] bool begin();
    /// Behind an item that has been counted.
    void end(outcome o);

    /// In a handler: the item threw. It goes as the options say; at worst the run fails.
    /// `is_whole`: its call has left it as it was. `is_first`: this was its first try. True: it is
    /// to be tried again now, as it has waited in the worker's hand.
    bool threw(const item_type& type, void* cell, bool is_whole, bool is_first) noexcept;

    /// The item must stay whole, for a dead letter.
    [[nodiscard]] bool keeps() const noexcept { return keeps_; }

    /// Outputs of an item leave only when it has succeeded.
    [[nodiscard]] bool holds() const noexcept { return holds_; }

    worker_context core;

private:
    bool apply_failure_policy(const item_type& type, void* cell, bool is_whole);
    bool wait(time_point due);

    stage_run& run_;
    const bool keeps_;
    const bool holds_;
    bool plain_;
    bool failed_ = false;  // what this item's forerunners still emit is not looked at
    duration waited_{};    // with the item in hand, because the step asked for it
};

}  // namespace paipa::detail
#endif
