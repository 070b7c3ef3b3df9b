#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/order/resequencer.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/error.hpp>
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
#include <vector>

namespace paipa::detail {

item_stage::item_stage(std::string text, const step_options& o, edge& in, std::vector<way> ways,
                       bool emits, const kernel_facts& facts,
                       std::unique_ptr<const item_worker_maker> maker)
    : stage(std::move(text), o, in, std::move(ways), emits),
      facts_(facts),
      maker_(std::move(maker)),
      ordered_(emits && o.ordered &&
               (o.threads > 1 || o.retry.attempts > 1 || facts.gives_back || facts.holds_items)),
      place_(policy.place(facts.stays_whole, emits && o.ordered && o.retry.attempts <= 1 &&
                                                     !facts.gives_back && !facts.holds_items
                                                 ? waiting_place::worker
                                                 : waiting_place::edge)) {
    if (this->ways().size() > 1 && (ordered_ || policy.holds_outputs(facts_.many_outputs))) {
        throw config_error("step '" + name + "': ways out: expected one, because the step " +
                           (ordered_ ? "keeps order" : "holds outputs") + ", got " +
                           std::to_string(this->ways().size()));
    }
    if (facts_.flushes) {
        in.set_readers_flush();
    }
    if (!facts_.gives_back && !facts_.holds_items && o.retry.attempts <= 1) {
        in.set_no_reentry();  // there is no hook that has to wait for all items
    }
    in.set_retry_budget(o.retry.budget);
    if (ordered_) {
        resequencer_ = std::make_unique<resequencer>(in, o.capacity + o.threads);
        in.set_window(o.capacity + o.threads);
        if (const way out = first_way(); out.to != nullptr) {
            out.to->add_resequencer(*resequencer_, out.inlet);
        }
    }
}

item_stage::~item_stage() = default;

void item_stage::make_workers(stage_run& run) {
    run_ = &run;
    if (facts_.flushes && in_.carries_tickets()) {
        throw config_error(
            "step '" + name +
            "': tickets: expected a step that hands each item on, got one that keeps "
            "items back");
    }
    // Outputs of an attempt that may be tried again leave together, when it has succeeded.
    const bool hold = ordered_ || (emits() && policy.holds_outputs(facts_.many_outputs));
    plain_ = !hold && !facts_.holds_items && !policy.keeps_items() && !policy.has_timeout() &&
             run.options.tracker == nullptr && !rt().is_simulated();
    if (policy.has_timeout()) {
        timer = std::make_unique<item_timer>(run.rt);
    }
    for (std::size_t i = 0; i < options.threads; ++i) {
        for (const auto& part : parts()) {
            part->add_worker(run, options.threads);
        }
        workers_.push_back(maker_->make(*this, i));
        item_stage_worker& w = *workers_.back();
        w.holds_outputs = hold;
        furnish(w);
    }
}

void item_stage::furnish(item_stage_worker& w) {
    if (timer != nullptr) {
        w.core.clock = &w.clock.emplace(w.core, options.item_timeout, *timer);
    }
    w.core.outputs_count = plain_ && facts_.one_output;
    if (w.holds_outputs && facts_.many_outputs) {
        bound_outputs(w);
    }
    w.in.holds_items = facts_.holds_items;
    if (!facts_.many_outputs && !facts_.gives_back && ways().size() <= 1) {
        w.out->set_one_output();
    }
    enrol(w, w.tried.hand);
    for (const auto& part : parts()) {
        part->worker(w.core.index).core.hand = w.core.hand;
    }
    if (ordered_) {
        w.completed = &resequencer_->log_for(w.core);
    }
}

void item_stage::add_part(std::string text, const step_options& o) {
    check_can_keep(text, o, facts_.parts_keep[parts().size()]);
    stage::add_part(std::move(text), o);
}

void item_stage::give_up() noexcept {
    const std::size_t lost = resequencer_ == nullptr ? 0 : resequencer_->give_up();
    worker_context& core = workers_.front()->core;
    core.abandoned += lost;
    core.lost += lost;  // they had counted as finished
}

void item_stage::work(std::size_t i) {
    item_stage_worker& w = *workers_[i];
    if (facts_.holds_items) {
        w.place.store(&rt().here());
    }
    if (in_hook(w, "thread_initialize", [&] { w.thread_initialize(); })) {
        guarded(w, "hand-over", [&] { loop(w); });
        if (facts_.holds_items) {
            guarded(w, "process", [&] { w.let_go(); });
        }
        in_hook(w, "thread_shutdown", [&] { w.thread_shutdown(); });
    }
}

void item_stage::loop(item_stage_worker& w) {
    w.sizer.begin(rt().now(), w.core.times.waited());
    while (true) {
        if (facts_.holds_items) {
            w.go_on();
            if (ordered_) {
                leave(w);
            }
        }
        taken what = in_.take(w.in, w.core.times, never, false);
        if (what == taken::nothing) {
            what = wait(w);
        }
        if (what != taken::nothing) {
            w.next_idle = never;
        }
        switch (what) {
            case taken::items:
                batch(w);
                break;
            case taken::again:
                again(w);
                break;
            case taken::meta:
                meta(w);
                break;
            case taken::flush:
                flush(w);
                w.hand_over(true);
                w.in.done += 1;
                break;
            case taken::nothing:
                break;
            case taken::end:
                saw_end.store(true);
                return;
            case taken::cancelled:
                return;
        }
        on_time(w);
    }
}

/// Hands on everything, then waits for work, or for the time of the next duty.
taken item_stage::wait(item_stage_worker& w) {
    w.hand_over(true);
    if (facts_.has_idle && (w.next_idle == never || rt().now() >= w.next_idle)) {
        in_hook(w, "in_queue_empty", [&] { w.idle(); });
        w.next_idle = later(rt().now(), options.idle_interval);
        w.hand_over(true);
    }
    return in_.take(w.in, w.core.times, std::min(deadline(w), w.next_idle), true);
}

time_point item_stage::deadline(item_stage_worker& w) const {
    return facts_.flushes ? w.deadline() : never;
}

void item_stage::on_time(item_stage_worker& w) {
    const time_point due = deadline(w);
    if (due != never && due <= rt().now()) {
        flush(w);
    }
}

void item_stage::flush(item_stage_worker& w) {
    guarded(w, "process", [&] { w.flush(); });
}

void item_stage::meta(item_stage_worker& w) {
    std::any entry = in_.take_meta();
    in_hook(w, "process_meta", [&] { w.push_meta(w.meta(std::move(entry))); });
    in_.meta_passed();
}

void item_stage::batch(item_stage_worker& w) {
    const std::size_t n = w.batch();
    if (ordered_) {
        leave(w);
    }
    const bool single =
        ordered_ && !facts_.holds_items && (policy.keeps_items() || facts_.gives_back);
    pace(w, n, single ? 1 : any_number);
}

void item_stage::again(item_stage_worker& w) {
    // NOLINTNEXTLINE(bugprone-unchecked-optional-access): taken::again has brought one
    retry_entry entry = std::move(*w.in.again);
    w.in.again.reset();
    if (entry.why != comes_back::by_requeue) {
        ++w.core.retries;
    }
    w.note = entry.note;
    w.tried.hand.take(entry.ticket.release());
    w.again(entry);
    w.note = {};
    if (ordered_) {
        leave(w);
    }
    const time_point now = rt().now();
    w.sizer.begin(now, w.core.times.waited());
    w.core.times.mark(now);
    progress(now);
}

/// The item has left the step: its outputs go on, in its turn where order is kept. False: not all
/// of them, and the run has failed.
bool item_stage::settle(item_stage_worker& w) {
    if (end_turn(w, true)) {
        return true;
    }
    w.out->give_tickets(false);
    if (ordered_) {
        const bool kept = guarded(w, "hand-over", [&] {
            w.completed->add(w.tried.number, w.out->held(), !facts_.many_outputs);
        });
        if (!kept) {  // no memory: its place remains empty, so nothing behind it leaves
            w.out->held().clear();
            w.in.done += 1;
        } else if (w.completed->full() || is_waited_for()) {
            guarded(w, "hand-over", [&] { leave(w); });
        }
        return kept;
    }
    w.in.done += 1;
    return !w.holds_outputs || send_held(w);
}

/// Once some outputs of a try may have left there is no other try: what throws here fails the run.
bool item_stage::send_held(item_stage_worker& w) noexcept {
    w.out->hold(false);
    const bool all = guarded(w, "hand-over", [&] { w.out->send_held(); });
    w.out->held().clear();
    return all;
}

void item_stage::leave(item_stage_worker& w) {
    resequencer_->leave(*w.completed, *w.out);
}

/// A reader behind the step waits.
bool item_stage::is_waited_for() const noexcept {
    const edge* const to = first_way().to;
    return to != nullptr && to->reader_waiting().load(std::memory_order_relaxed);
}

/// Bounds what is held. An ordered item with many outputs streams them, once all earlier items have
/// left: one that is the first in the step from its first output on, any other one when a reader
/// behind the step waits, or when it has many. It may wait for its turn unless an earlier item may
/// have to wait for a free worker, to be tried again.
void item_stage::bound_outputs(item_stage_worker& w) {
    const bool streams = ordered_ && !policy.holds_outputs(facts_.many_outputs);
    const bool waits = !facts_.gives_back && options.retry.attempts <= 1;
    w.out->on_overflow([this, &w, streams, waits](std::size_t held) {
        if (streams && (held == 1 || is_waited_for() || held >= resequencer::stream_from)) {
            leave(w);
            w.streaming = resequencer_->take_turn(w.tried.number, w.core.times,
                                                  waits && held >= resequencer::stream_from);
        }
        if (!w.streaming && held > most_held_outputs) {
            refuse_more_outputs(name);
        }
        return w.streaming;
    });
}

/// Ends the turn of an item that streams. False: it does not.
bool item_stage::end_turn(item_stage_worker& w, bool done) {
    if (std::exchange(w.streaming, false)) {
        guarded(w, "hand-over", [&] { resequencer_->end_turn(*w.out, done); });
        return true;
    }
    return false;
}

}  // namespace paipa::detail
