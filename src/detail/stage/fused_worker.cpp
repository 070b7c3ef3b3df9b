#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/fused_part.hpp>
#include <paipa/detail/stage/fused_worker.hpp>
#include <paipa/detail/stage/settle_failure.hpp>
#include <paipa/detail/stage/sleep.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>

#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

namespace paipa::detail {

void fail_hand_over(const worker_context& at) noexcept {
    static_cast<stage_run&>(at.run).fail(at, "hand-over", std::current_exception());
}

fused_worker::fused_worker(stage_run& run, fused_part& part, std::size_t worker)
    : core(run, &part, worker),
      run_(run),
      plain_(!part.policy.keeps_items() && run.options.tracker == nullptr &&
             !run.rt.is_simulated()) {}

bool fused_worker::begin() {
    if (failed_) {
        core.count(outcome::abandoned);
        return false;
    }
    run_.rt.point();
    run_.tell_tracker([&](tracker& t) { t.item_started(core.step->name, core.index); });
    return true;
}

bool fused_worker::end(call_end end, const item_type& type, void* cell, bool stays_whole,
                       bool is_first) noexcept {
    if (end.error != nullptr) {
        if (is_first) {
            tried_.waited = {};
        }
        return failed(type, cell, stays_whole, std::move(end.error));
    }
    core.count(end.result);
    tell_ended(to_item_outcome(end.result));
    return false;
}

void fused_worker::tell_ended(item_outcome o) {
    run_.tell_tracker([&](tracker& t) { t.item_ended(core.step->name, core.index, o); });
}

bool fused_worker::failed(const item_type& type, void* cell, bool stays_whole,
                          std::exception_ptr error) {
    std::vector<retry_entry> no_retries;
    failed_try f{type, cell, tried_, std::move(error),
                 policy().place(stays_whole, waiting_place::worker)};
    const item_outcome o = settle_failure(core, f, no_retries, [this](dead_letter letter) {
        run_.add_dead_letter(std::move(letter));
    });
    tell_ended(o);
    if (o == item_outcome::retried) {
        return wait();
    }
    if (o == item_outcome::failed) {
        failed_ = true;
        plain_ = false;
        run_.fail(core, "process", 1, std::move(f.error), std::move(f.what));
    }
    return false;
}

/// Waits with the item until its next try. Returns false if the step is told to stop.
bool fused_worker::wait() {
    if (wait_to_retry(run_.rt, *core.step, tried_.due)) {
        ++core.retries;
        return true;
    }
    core.count(outcome::abandoned);
    return false;
}

}  // namespace paipa::detail
