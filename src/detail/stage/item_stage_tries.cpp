#include <paipa/detail/attempt/attempts.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/emitter.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/detail/stage/sleep.hpp>
#include <paipa/detail/stage/worker_core.hpp>
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

bool item_stage::begin(desk& d, std::uint64_t number, const retry_entry* before) {
    d.number = number;
    d.core.attempt = before == nullptr ? 1 : before->attempt + 1;
    rt().point();
    run_->tell_tracker(d.core, [&](tracker& t) { t.item_started(name, d.core.index); });
    d.out->hold(d.holds);
    begin_time(d.core);
    return keep_;
}

void item_stage::succeeded(desk& d, outcome o) {
    if (o == outcome::abandoned) {
        d.out->held().clear();  // of a try that has not come to its end
    }
    const outcome whole = settle(d) ? o : outcome::abandoned;
    if (whole != outcome::finished || !d.core.outputs_count) {
        d.core.count(whole);
    }
    end_try(d, told(whole));
}

void item_stage::end_try(desk& d, item_outcome o) {
    run_->tell_tracker(d.core, [&](tracker& t) { t.item_ended(name, d.core.index, o); });
    d.out->hold(false);
}

void item_stage::given_back(desk& d, std::uint64_t number, item_box item, time_point due) {
    const time_point now = rt().now();
    requeue_note note;
    if (due <= now) {
        note = d.note;
        in_.note_requeue(note);
        due = later(now, note.pause());
    }
    d.in.back.push_back({.item = std::move(item),
                         .sequence = number,
                         .attempt = 0,
                         .errors = {},
                         .due = due,
                         .note = note,
                         .why = comes_back::by_requeue});
    if (!end_turn(d, false)) {
        send_held(d);
    }
    end_try(d, item_outcome::requeued);
}

bool item_stage::threw(desk& d, std::uint64_t number, void* cell, retry_entry* before) {
    d.number = number;
    d.core.attempt = before == nullptr ? 1 : before->attempt + 1;
    d.out->held().clear();
    try {
        throw;
    } catch (const skip_entry&) {
        if (!ends_in_time(d.core)) {
            timed_out(d, cell, before);
            return false;
        }
        ++d.core.skipped;
        settle(d);
        end_try(d, item_outcome::skipped);
        return false;
    } catch (...) {
        const item_outcome o =
            contain(d, cell, before, failure_in_time(d.core, std::current_exception()));
        end_try(d, o);
        return o == item_outcome::retried && place_ == waiting_place::worker && wait_with_item(d);
    }
}

/// Waits with the item until its next try. Returns false if the step is told to stop.
bool item_stage::wait_with_item(desk& d) {
    if (wait_to_retry(rt(), *this, d.waited.until)) {
        ++d.core.retries;
        return true;
    }
    ++d.core.abandoned;
    d.in.done += 1;
    return false;
}

void item_stage::timed_out(desk& d, void* cell, retry_entry* before) {
    d.out->held().clear();
    end_try(d, contain(d, cell, before, d.core.clock->failure(nullptr)));
}

/// A failed try: the item waits for the next one (on a cancelled edge it is abandoned), or is done
/// with.
item_outcome item_stage::contain(desk& d, void* cell, retry_entry* before,
                                 std::exception_ptr error) {
    const item_type& type = before == nullptr ? in_.type() : before->item.type();
    const duration waited = d.waited.number == d.number ? d.waited.total : duration{};
    failed_try failed{type,   cell,  d.number, d.core.attempt, before, std::move(error),
                      place_, waited};
    const item_outcome o = detail::contain(failed, options, pause(d.core.attempt, d.core, d.number),
                                           rt().now(), d.in.back, [&](dead_letter letter) {
                                               letter.step = name;
                                               letter.worker = d.core.index;
                                               run_->bury(std::move(letter));
                                           });
    if (o == item_outcome::retried) {
        end_turn(d, false);  // it keeps its place
        d.waited = {.number = d.number, .total = failed.waited, .until = failed.due};
    } else if (o == item_outcome::dead || o == item_outcome::dropped) {
        ++(o == item_outcome::dead ? d.core.dead : d.core.dropped);
        settle(d);
    } else if (o == item_outcome::failed) {
        if (!end_turn(d, true)) {
            d.in.done += 1;
        }
        ++d.core.abandoned;
        run_->fail(d.core, "process", d.core.attempt, std::move(failed.error),
                   std::move(failed.what));
    }
    return o;
}

}  // namespace paipa::detail
