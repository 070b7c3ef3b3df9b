#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
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
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <string>
#include <utility>

// What an item stage does around each try of an item.

namespace paipa::detail {

bool item_stage::begin(item_stage_worker& w) {
    start(w);
    return go_on(w);
}

void item_stage::start(item_stage_worker& w) {
    rt().point();
    run_->tell_tracker(w.core, [&](tracker& t) { t.item_started(name, w.core.index); });
}

bool item_stage::go_on(item_stage_worker& w) {
    w.core.attempt = w.tried.index;
    w.out->hold(w.holds_outputs);
    begin_time(w.core);
    return policy.keeps_items();
}

bool item_stage::end(item_stage_worker& w, call_end end, void* cell, given_item given) {
    w.core.attempt = w.tried.index;
    if (end.discards_outputs()) {
        w.out->held().clear();
    }
    if (end.error != nullptr) {
        const retry_entry* const before = w.tried.before;
        return failed(w, before == nullptr ? in_.type() : before->item.type(), cell,
                      std::move(end.error));
    }
    if (given.item != nullptr) {
        return given_back(w, given);
    }
    succeeded(w, end.result);
    return false;
}

void item_stage::end_try(item_stage_worker& w, item_outcome o) {
    run_->tell_tracker(w.core, [&](tracker& t) { t.item_ended(name, w.core.index, o); });
    w.out->hold(false);
    if (w.core.hand != nullptr && o != item_outcome::retried) {
        w.tried.hand.end();
    }
}

void item_stage::succeeded(item_stage_worker& w, outcome o) {
    const outcome whole = settle(w) ? o : outcome::abandoned;
    if (whole != outcome::finished || !w.core.outputs_count) {
        w.core.count(whole);
    }
    end_try(w, to_item_outcome(whole));
}

/// The step has called `requeue`, and its call has not failed. True: see `failed`.
bool item_stage::given_back(item_stage_worker& w, given_item given) {
    const time_point now = rt().now();
    retry_entry entry{.item = std::exchange(*given.item, {}),
                      .sequence = w.tried.number,
                      .attempt = 0,
                      .errors = {},
                      .due = given.due,
                      .why = comes_back::by_requeue};
    if (entry.due <= now) {
        entry.note = w.note;
        in_.note_requeue(entry.note);
        entry.due = later(now, entry.note.pause());
    }
    try {
        w.in.back.push_back(std::move(entry));
    } catch (...) {  // no memory: the entry still has the item
        return failed(w, entry.item.type(), entry.item.cell(), std::current_exception());
    }
    if (!end_turn(w, false)) {
        w.out->give_tickets(true);
        send_held(w);
    }
    w.tried.hand.keep_notes();  // the try has not failed
    w.in.back.back().ticket = w.tried.hand.keep();
    end_try(w, item_outcome::requeued);
    return false;
}

/// The item waits for its next try (on a cancelled edge it is abandoned), or is done with. True: it
/// has waited in the worker's hand.
bool item_stage::failed(item_stage_worker& w, const item_type& type, void* cell,
                        std::exception_ptr error) {
    failed_try f{type, cell, w.tried, std::move(error), place_};
    const item_outcome o = settle_failure(w.core, f, w.in.back, [this](dead_letter letter) {
        run_->add_dead_letter(std::move(letter));
    });
    if (o == item_outcome::retried) {
        end_turn(w, false);  // it keeps its place
    } else if (o == item_outcome::dead || o == item_outcome::dropped) {
        settle(w);
    } else if (o == item_outcome::failed) {
        if (!end_turn(w, true)) {
            w.in.done += 1;
        }
        run_->fail(w.core, "process", w.core.attempt, std::move(f.error), std::move(f.what));
    }
    end_try(w, o);
    return o == item_outcome::retried && place_ == waiting_place::worker && wait_with_item(w);
}

/// Waits with the item until its next try. Returns false if the step is told to stop.
bool item_stage::wait_with_item(item_stage_worker& w) {
    if (wait_to_retry(rt(), *this, w.tried.due)) {
        w.tried.hand.forget();
        ++w.core.retries;
        return true;
    }
    w.core.count(outcome::abandoned);
    w.tried.hand.end();
    w.in.done += 1;
    return false;
}

}  // namespace paipa::detail
