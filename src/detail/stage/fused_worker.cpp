#include <paipa/detail/attempt/attempts.hpp>
#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/fused_part.hpp>
#include <paipa/detail/stage/fused_worker.hpp>
#include <paipa/detail/stage/settle_failure.hpp>
#include <paipa/detail/stage/sleep.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

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
      keeps_(keeps_items(part.options)),
      holds_(holds_outputs(part.options)),
      plain_(!keeps_ && run.options.tracker == nullptr && !run.rt.is_simulated()) {}

bool fused_worker::begin() {
    if (failed_) {
        ++core.abandoned;
        return false;
    }
    run_.rt.point();
    run_.tell_tracker([&](tracker& t) { t.item_started(core.step->name, core.index); });
    return true;
}

void fused_worker::end(outcome o) {
    run_.tell_tracker(
        [&](tracker& t) { t.item_ended(core.step->name, core.index, to_item_outcome(o)); });
}

bool fused_worker::threw(const item_type& type, void* cell, bool is_whole, bool is_first) noexcept {
    waited_ = is_first ? duration{} : waited_;
    try {
        throw;
    } catch (const skip_entry&) {
        core.count(outcome::skipped);
        end(outcome::skipped);
        return false;
    } catch (...) {
        return apply_failure_policy(type, cell, is_whole);
    }
}

bool fused_worker::apply_failure_policy(const item_type& type, void* cell, bool is_whole) {
    std::vector<retry_entry> no_retries;
    failed_try failed{type,
                      cell,
                      0,
                      1,
                      nullptr,
                      std::current_exception(),
                      is_whole ? waiting_place::worker : waiting_place::none,
                      waited_};
    const item_outcome o = settle_failure(core, failed, {}, no_retries, [this](dead_letter letter) {
        run_.add_dead_letter(std::move(letter));
    });
    run_.tell_tracker([&](tracker& t) { t.item_ended(core.step->name, core.index, o); });
    if (o == item_outcome::retried) {
        waited_ = failed.waited;
        return wait(failed.due);
    }
    if (o == item_outcome::failed) {
        failed_ = true;
        plain_ = false;
        run_.fail(core, "process", 1, std::move(failed.error), std::move(failed.what));
    }
    return false;
}

/// Waits with the item until its next try. Returns false if the step is told to stop.
bool fused_worker::wait(time_point due) {
    if (wait_to_retry(run_.rt, *core.step, due)) {
        ++core.retries;
        return true;
    }
    ++core.abandoned;
    return false;
}

}  // namespace paipa::detail
