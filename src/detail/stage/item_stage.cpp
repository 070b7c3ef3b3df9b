#include <paipa/detail/attempt/attempts.hpp>
#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/order/order_keeper.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/emitter.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_core.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <any>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace paipa::detail {

desk::~desk() = default;

desk_maker::~desk_maker() = default;

item_stage::item_stage(std::string text, const step_options& o, edge& in, edge* to, bool emits,
                       const kernel_facts& facts, std::unique_ptr<const desk_maker> maker)
    : stage(std::move(text), o, in, to, emits),
      facts_(facts),
      maker_(std::move(maker)),
      keep_(keeps_items(o)),
      ordered_(emits && o.ordered && (o.threads > 1 || o.retry.attempts > 1 || facts.gives_back)),
      place_(!keep_ && !facts.stays_whole ? waiting_place::none
             : emits && o.ordered && o.retry.attempts <= 1 && !facts.gives_back
                 ? waiting_place::worker
                 : waiting_place::edge) {
    if (facts_.flushes) {
        in.set_readers_flush();
    }
    if (!facts_.gives_back && o.retry.attempts <= 1) {
        in.set_items_stay_away();  // there is no hook that has to wait for all items
    }
    in.set_retry_budget(o.retry.budget);
    if (ordered_) {
        order_ = std::make_unique<order_keeper>(in, o.capacity + o.threads);
        in.set_window(o.capacity + o.threads);
        if (to != nullptr) {
            to->set_order(*order_);
        }
    }
}

item_stage::~item_stage() = default;

std::unique_ptr<step_core> make_item_stage(std::string name, const step_options& o, edge& in,
                                           edge* to, bool emits, const kernel_facts& facts,
                                           std::unique_ptr<const desk_maker> maker) {
    return std::make_unique<item_stage>(std::move(name), o, in, to, emits, facts, std::move(maker));
}

void item_stage::make_workers(run_core& run) {
    run_ = &run;
    // Outputs of an attempt that may be tried again leave together, when it has succeeded.
    const bool timed = has_timeout(options);
    const bool hold =
        ordered_ || (emits() && (facts_.many_outputs ? holds_outputs(options) : timed));
    plain_ = !hold && !keep_ && !timed && run.options.tracker == nullptr && !rt().is_simulated();
    if (timed) {
        timer = std::make_unique<item_timer>(run.rt);
    }
    for (std::size_t i = 0; i < options.threads; ++i) {
        for (const auto& part : parts()) {
            part->add_desk(run, options.threads);
        }
        desks_.push_back(maker_->make(*this, i));
        desk& d = *desks_.back();
        d.holds = hold;
        furnish(d);
    }
}

void item_stage::furnish(desk& d) {
    if (timer != nullptr) {
        d.core.clock = &d.clock.emplace(d.core, options.item_timeout, *timer);
    }
    d.core.outputs_count = plain_ && facts_.one_output;
    if (d.holds && facts_.many_outputs) {
        bound_outputs(d);
    }
    enrol(d);
    if (ordered_) {
        d.ready = &order_->shelf_for(d.core);
    }
}

void item_stage::add_part(std::string text, const step_options& o) {
    check_can_keep(text, o, facts_.parts_keep[parts().size()]);
    stage::add_part(std::move(text), o);
}

void item_stage::give_up() noexcept {
    const std::size_t lost = order_ == nullptr ? 0 : order_->give_up();
    worker_core& core = desks_.front()->core;
    core.abandoned += lost;
    core.lost += lost;  // they had counted as finished
}

void item_stage::work(std::size_t i) {
    desk& d = *desks_[i];
    if (in_hook(d, "thread_initialize", [&] { d.thread_initialize(); })) {
        guarded(d, "hand-over", [&] { loop(d); });
        in_hook(d, "thread_shutdown", [&] { d.thread_shutdown(); });
    }
}

void item_stage::loop(desk& d) {
    d.speed.begin(rt().now(), d.core.times.waited());
    while (true) {
        taken what = in_.take(d.in, d.core.times, never, false);
        if (what == taken::nothing) {
            what = wait(d);
        }
        if (what != taken::nothing) {
            d.next_idle = never;
        }
        switch (what) {
            case taken::items:
                batch(d);
                break;
            case taken::again:
                again(d);
                break;
            case taken::meta:
                meta(d);
                break;
            case taken::flush:
                flush(d);
                d.in.done += 1;
                break;
            case taken::nothing:
                break;
            case taken::end:
                saw_end.store(true);
                return;
            case taken::cancelled:
                return;
        }
        on_time(d);
    }
}

/// Hands on everything, then waits for work, or for the time of the next duty.
taken item_stage::wait(desk& d) {
    d.out->hand_over(true);
    if (facts_.has_idle && (d.next_idle == never || rt().now() >= d.next_idle)) {
        in_hook(d, "in_queue_empty", [&] { d.idle(); });
        d.next_idle = later(rt().now(), options.idle_interval);
        d.out->hand_over(true);
    }
    return in_.take(d.in, d.core.times, std::min(deadline(d), d.next_idle), true);
}

time_point item_stage::deadline(desk& d) const {
    return facts_.flushes ? d.deadline() : never;
}

void item_stage::on_time(desk& d) {
    const time_point due = deadline(d);
    if (due != never && due <= rt().now()) {
        flush(d);
    }
}

void item_stage::flush(desk& d) {
    guarded(d, "process", [&] { d.flush(); });
}

void item_stage::meta(desk& d) {
    std::any entry = in_.take_meta();
    in_hook(d, "process_meta", [&] { d.out->push_meta(d.meta(std::move(entry))); });
    in_.meta_passed();
}

void item_stage::batch(desk& d) {
    const std::size_t n = d.batch();
    if (ordered_) {
        leave(d);
    }
    const time_point now = rt().now();
    const bool single = ordered_ && (keep_ || facts_.gives_back);
    d.in.want = single ? 1 : d.speed.next_batch(n, now, d.core.times.waited());
    d.in.pull = d.speed.pull();
    d.in.hurry = d.speed.fast();
    d.core.times.mark(now);
    progress(now);
}

void item_stage::again(desk& d) {
    // NOLINTNEXTLINE(bugprone-unchecked-optional-access): taken::again has brought one
    retry_entry entry = std::move(*d.in.again);
    d.in.again.reset();
    if (entry.why != comes_back::by_requeue) {
        ++d.core.retries;
    }
    d.note = entry.note;
    d.again(entry);
    d.note = {};
    if (ordered_) {
        leave(d);
    }
    const time_point now = rt().now();
    d.speed.begin(now, d.core.times.waited());
    d.core.times.mark(now);
    progress(now);
}

/// The item has left the step: its outputs go on, in its turn where order is kept. False: not all
/// of them, and the run has failed.
bool item_stage::settle(desk& d) {
    if (end_turn(d, true)) {
        return true;
    }
    if (ordered_) {
        const bool kept = guarded(
            d, "hand-over", [&] { d.ready->add(d.number, d.out->held(), !facts_.many_outputs); });
        if (!kept) {  // no memory: its place remains empty, so nothing behind it leaves
            d.out->held().clear();
            d.in.done += 1;
        } else if (d.ready->full() ||
                   (to() != nullptr && to()->hungry().load(std::memory_order_relaxed))) {
            guarded(d, "hand-over", [&] { leave(d); });
        }
        return kept;
    }
    d.in.done += 1;
    return !d.holds || send_held(d);
}

/// Once some outputs of a try may have left there is no other try: what throws here fails the run.
bool item_stage::send_held(desk& d) noexcept {
    d.out->hold(false);
    const bool all = guarded(d, "hand-over", [&] { d.out->send_held(); });
    d.out->held().clear();
    return all;
}

void item_stage::leave(desk& d) {
    order_->leave(*d.ready, *d.out);
}

/// Bounds what is held. An ordered item with many outputs streams them, once all earlier items have
/// left: one that is the first in the step from its first output on, any other one when a reader
/// behind the step waits, or when it has many. It may wait for its turn unless an earlier item may
/// have to wait for a free worker, to be tried again.
void item_stage::bound_outputs(desk& d) {
    const bool streams = ordered_ && !holds_outputs(options);
    const bool waits = !facts_.gives_back && options.retry.attempts <= 1;
    d.out->on_overflow([this, &d, streams, waits](std::size_t held) {
        const bool is_waited_for =
            to() != nullptr && to()->hungry().load(std::memory_order_relaxed);
        if (streams && (held == 1 || is_waited_for || held >= order_keeper::stream_from)) {
            leave(d);
            d.streaming = order_->take_turn(d.number, d.core.times,
                                            waits && held >= order_keeper::stream_from);
        }
        if (!d.streaming && held > most_held_outputs) {
            refuse_more_outputs(name);
        }
        return d.streaming;
    });
}

/// Ends the turn of an item that streams. False: it does not.
bool item_stage::end_turn(desk& d, bool done) {
    if (std::exchange(d.streaming, false)) {
        guarded(d, "hand-over", [&] { order_->end_turn(*d.out, done); });
        return true;
    }
    return false;
}

}  // namespace paipa::detail
