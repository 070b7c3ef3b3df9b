#include <paipa/detail/attempt/attempts.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/settle_failure.hpp>
#include <paipa/detail/stage/sleep.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

// What an item stage does around each try of an item.

namespace paipa::detail {

bool item_stage::begin(item_stage_worker& w, std::uint64_t number, const retry_entry* before) {
    w.number = number;
    w.core.attempt = before == nullptr ? 1 : before->attempt + 1;
    rt().point();
    run_->tell_tracker(w.core, [&](tracker& t) { t.item_started(name, w.core.index); });
    w.out->hold(w.holds);
    begin_time(w.core);
    return keep_;
}

void item_stage::succeeded(item_stage_worker& w, outcome o) {
    if (o == outcome::abandoned) {
        w.out->held().clear();  // of a try that has not come to its end
    }
    const outcome whole = settle(w) ? o : outcome::abandoned;
    if (whole != outcome::finished || !w.core.outputs_count) {
        w.core.count(whole);
    }
    end_try(w, to_item_outcome(whole));
}

void item_stage::end_try(item_stage_worker& w, item_outcome o) {
    run_->tell_tracker(w.core, [&](tracker& t) { t.item_ended(name, w.core.index, o); });
    w.out->hold(false);
}

void item_stage::given_back(item_stage_worker& w, std::uint64_t number, item_box item,
                            time_point due) {
    const time_point now = rt().now();
    requeue_note note;
    if (due <= now) {
        note = w.note;
        in_.note_requeue(note);
        due = later(now, note.pause());
    }
    w.in.back.push_back({.item = std::move(item),
                         .sequence = number,
                         .attempt = 0,
                         .errors = {},
                         .due = due,
                         .note = note,
                         .why = comes_back::by_requeue});
    if (!end_turn(w, false)) {
        send_held(w);
    }
    end_try(w, item_outcome::requeued);
}

bool item_stage::threw(item_stage_worker& w, std::uint64_t number, void* cell,
                       retry_entry* before) {
    w.number = number;
    w.core.attempt = before == nullptr ? 1 : before->attempt + 1;
    w.out->held().clear();
    try {
        throw;
    } catch (const skip_entry&) {
        if (!ends_in_time(w.core)) {
            timed_out(w, cell, before);
            return false;
        }
        ++w.core.skipped;
        settle(w);
        end_try(w, item_outcome::skipped);
        return false;
    } catch (...) {
        const item_outcome o = apply_failure_policy(
            w, cell, before, failure_in_time(w.core, std::current_exception()));
        end_try(w, o);
        return o == item_outcome::retried && place_ == waiting_place::worker && wait_with_item(w);
    }
}

/// Waits with the item until its next try. Returns false if the step is told to stop.
bool item_stage::wait_with_item(item_stage_worker& w) {
    if (wait_to_retry(rt(), *this, w.waited.until)) {
        ++w.core.retries;
        return true;
    }
    ++w.core.abandoned;
    w.in.done += 1;
    return false;
}

void item_stage::timed_out(item_stage_worker& w, void* cell, retry_entry* before) {
    w.out->held().clear();
    end_try(w, apply_failure_policy(w, cell, before, w.core.clock->failure(nullptr)));
}

/// A failed try: the item waits for the next one (on a cancelled edge it is abandoned), or is done
/// with.
item_outcome item_stage::apply_failure_policy(item_stage_worker& w, void* cell, retry_entry* before,
                                              std::exception_ptr error) {
    const item_type& type = before == nullptr ? in_.type() : before->item.type();
    const duration waited = w.waited.number == w.number ? w.waited.total : duration{};
    failed_try failed{type,   cell,  w.number, w.core.attempt, before, std::move(error),
                      place_, waited};
    const item_outcome o =
        settle_failure(w.core, failed, pause(w.core.attempt, w.core, w.number), w.in.back,
                       [this](dead_letter letter) { run_->add_dead_letter(std::move(letter)); });
    if (o == item_outcome::retried) {
        end_turn(w, false);  // it keeps its place
        w.waited = {.number = w.number, .total = failed.waited, .until = failed.due};
    } else if (o == item_outcome::dead || o == item_outcome::dropped) {
        settle(w);
    } else if (o == item_outcome::failed) {
        if (!end_turn(w, true)) {
            w.in.done += 1;
        }
        run_->fail(w.core, "process", w.core.attempt, std::move(failed.error),
                   std::move(failed.what));
    }
    return o;
}

}  // namespace paipa::detail
