#ifndef PAIPA_DETAIL_STAGE_FUSED_WORKER_HPP
#define PAIPA_DETAIL_STAGE_FUSED_WORKER_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/observe/tracker.hpp>

#include <cstddef>
#include <exception>

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

    /// The call of a try has ended. The item is counted, or goes as the options say; at worst the
    /// run fails. `stays_whole`: a call leaves its item as it was. `is_first`: this was the first
    /// try. True: the item is to be tried again now, as it has waited in the worker's hand.
    bool end(call_end end, const item_type& type, void* cell, bool stays_whole,
             bool is_first) noexcept;

    [[nodiscard]] const failure_policy& policy() const noexcept { return core.step->policy; }

    worker_context core;

private:
    bool failed(const item_type& type, void* cell, bool stays_whole, std::exception_ptr error);
    void tell_ended(item_outcome o);
    bool wait();

    stage_run& run_;
    bool plain_;
    bool failed_ = false;  // this worker has failed the run: the items that follow are abandoned
    attempt tried_{.number = 0};
};

}  // namespace paipa::detail
#endif
