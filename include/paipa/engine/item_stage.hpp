#ifndef PAIPA_ENGINE_ITEM_STAGE_HPP
#define PAIPA_ENGINE_ITEM_STAGE_HPP
#include <paipa/engine/attempts.hpp>
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/edge.hpp>
#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/emitter.hpp>
#include <paipa/engine/item_desk.hpp>
#include <paipa/engine/kernel.hpp>
#include <paipa/engine/order_keeper.hpp>
#include <paipa/engine/run_core.hpp>
#include <paipa/engine/slot.hpp>
#include <paipa/engine/stage.hpp>
#include <paipa/engine/worker_core.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <any>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace paipa::engine {

/// A step whose kernel takes one item after the other: functions, classes, most stock steps.
template <class T, class Kernel>
class item_stage final : public stage<T, typename Kernel::output> {
    using base = stage<T, typename Kernel::output>;
    using out_type = typename Kernel::output;
    static constexpr bool sends = !std::is_void_v<out_type>;

    using desk = item_desk<T, Kernel>;

public:
    item_stage(std::string text, const step_options& o, edge<T>& in_edge,
               typename edge_to<out_type>::pointer to, std::function<Kernel()> make)
        : base(std::move(text), o, in_edge, to),
          make_(std::move(make)),
          keep_(o.retry.attempts > 1 || o.on_failure == failure_action::dead_letter),
          ordered_(sends && o.ordered &&
                   (o.threads > 1 || o.retry.attempts > 1 || desk::gives_back)),
          order_(ordered_ ? o.capacity + o.threads : 1) {
        if (desk::flushes) {
            in_edge.set_readers_flush();
        }
        if (ordered_) {
            in_edge.set_window(o.capacity + o.threads);
        }
    }

    void make_workers(run_core& run) override {
        this->run_ = &run;
        // Outputs of an attempt that may be tried again leave together, when it has succeeded.
        const bool hold = ordered_ || (Kernel::many_outputs &&
                                       (keep_ || this->options.on_failure != failure_action::fail));
        for (std::size_t i = 0; i < this->options.threads; ++i) {
            desks_.push_back(std::make_unique<desk>(*this, i, make_(), hold));
            stream_in_turn(*desks_.back());
            this->enrol(*desks_.back());
        }
    }

    void step_initialize() override { desks_.front()->step_initialize(); }

    void initialize(std::size_t i) override { desks_[i]->initialize(); }

    void step_shutdown() override { desks_.front()->step_shutdown(); }

    void give_up() noexcept override {
        const std::size_t lost = order_.give_up(this->in_);
        worker_core& core = desks_.front()->core;
        core.abandoned += lost;
        core.kept += lost;  // they had counted as finished
    }

    void work(std::size_t i) override {
        desk& d = *desks_[i];
        if (this->guarded(d, "thread_initialize", [&] { d.thread_initialize(); })) {
            this->guarded(d, "hand-over", [&] { loop(d); });
            this->guarded(d, "thread_shutdown", [&] { d.thread_shutdown(); });
        }
    }

private:
    runtime& rt() { return this->run_->rt; }

    void loop(desk& d) {
        edge<T>& in = this->in_;
        d.speed.begin(rt().now(), d.core.times.waited());
        while (true) {
            taken what = in.take(d.in, d.core.times, never, false);
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
                    this->saw_end.store(true);
                    return;
                case taken::cancelled:
                    return;
            }
            on_time(d);
        }
    }

    /// Hands on everything, then waits for work, or for the time of the next duty.
    taken wait(desk& d) {
        d.out.hand_over(true);
        if constexpr (desk::has_idle) {
            if (rt().now() >= d.next_idle || d.next_idle == never) {
                this->guarded(d, "in_queue_empty", [&] { d.idle(); });
                d.next_idle = later(rt().now(), this->options.idle_interval);
                d.out.hand_over(true);
            }
        }
        return this->in_.take(d.in, d.core.times, std::min(d.deadline(rt()), d.next_idle), true);
    }

    void on_time(desk& d) {
        if (d.deadline(rt()) != never && d.deadline(rt()) <= rt().now()) {
            flush(d);
        }
    }

    void flush(desk& d) {
        this->guarded(d, "process", [&] { d.flush(); });
    }

    void meta(desk& d) {
        std::any entry = this->in_.take_meta();
        this->guarded(d, "process_meta", [&] { d.out.push_meta(d.meta(std::move(entry))); });
        this->in_.meta_passed();
    }

    void batch(desk& d) {
        std::size_t n = 0;
        while (slot<T>* const item = d.in.take_next()) {
            ++n;
            if (this->in_.is_cancelled()) [[unlikely]] {
                ++d.core.abandoned;
                d.in.done += 1;
            } else {
                one(d, *item, d.in.sequence(), nullptr);
            }
            d.in.drop_taken();
        }
        if (ordered_) {
            leave(d);
        }
        const time_point now = rt().now();
        const bool single = (keep_ && ordered_) || (ordered_ && desk::gives_back);
        d.in.want = single ? 1 : d.speed.next_batch(n, now, d.core.times.waited());
        d.in.hurry = d.speed.fast();
        d.out.set_hurry(d.in.hurry);
        d.core.times.mark(now);
        this->progress(now);
    }

    void again(desk& d) {
        retry_entry<T> entry = std::move(*d.in.again);
        d.in.again.reset();
        if (entry.attempt > 0) {
            ++d.core.retries;
        }
        one(d, entry.item, entry.sequence, &entry);
        if (ordered_) {
            leave(d);
        }
        const time_point now = rt().now();
        d.speed.begin(now, d.core.times.waited());
        d.core.times.mark(now);
        this->progress(now);
    }

    /// One try of one item.
    void one(desk& d, slot<T>& item, std::uint64_t number, retry_entry<T>* before) {
        const unsigned attempt = before == nullptr ? 1 : before->attempt + 1;
        rt().point();
        item_watch watch(*this->run_, this->name, d.core.index);
        d.out.hold(d.holds);
        d.number = number;
        try {
            const bool keep = keep_ && (attempt < this->options.retry.attempts ||
                                        this->options.on_failure == failure_action::dead_letter);
            const outcome o = d.kernel.process(item.get(), keep, d.out);
            if (give_back(d, number, before)) {
                watch.ended(item_outcome::requeued);
            } else {
                accept(d, o, number);
                watch.ended(o == outcome::skipped ? item_outcome::skipped : item_outcome::finished);
            }
        } catch (const skip_entry&) {
            discard_held(d);
            accept(d, outcome::skipped, number);
            watch.ended(item_outcome::skipped);
        } catch (...) {
            discard_held(d);
            watch.ended(contain(d, item, number, attempt, before, std::current_exception()));
        }
        d.out.hold(false);
        if constexpr (desk::gives_back) {
            d.kernel.out_of_hand();
        }
    }

    void accept(desk& d, outcome o, std::uint64_t number) {
        settle(d, number);
        if (o == outcome::finished) {
            ++d.core.finished;
        } else {
            ++d.core.skipped;
        }
        d.note_kept(d.core);
    }

    /// The item has left the step: its outputs go on, in its turn where order is kept.
    void settle(desk& d, std::uint64_t number) {
        if constexpr (sends) {
            if (end_turn(d, true)) {
                return;
            }
            if (ordered_) {
                d.ready.emplace_back(number, std::move(d.out.held()));
                d.out.held().clear();
                return;
            }
            if (d.holds) {
                d.out.hold(false);
                d.out.send_held();
            }
        }
        d.in.done += 1;
    }

    void discard_held(desk& d) noexcept {
        if constexpr (sends) {
            d.out.held().clear();
        }
    }

    void leave(desk& d) {
        if constexpr (sends) {
            order_.leave(this->in_, d.ready, d.out);
        }
    }

    /// An ordered item with many outputs streams them, once all earlier items have left. It may
    /// wait for that unless an earlier item may have to wait for a free worker, to be tried again.
    void stream_in_turn(desk& d) {
        if constexpr (sends) {
            if (ordered_ && !keep_) {
                d.out.on_overflow(order_.stream_from, [this, &d] {
                    leave(d);
                    d.streaming =
                        order_.take_turn(this->in_, d.number, d.core.times, !desk::gives_back);
                    return d.streaming;
                });
            }
        }
    }

    /// Ends the turn of an item that streams. False: it does not.
    bool end_turn(desk& d, bool done) {
        if constexpr (sends) {
            if (std::exchange(d.streaming, false)) {
                order_.end_turn(this->in_, d.out, done);
                return true;
            }
        }
        return false;
    }

    /// The step may have called `requeue`: then the item is not finished.
    bool give_back(desk& d, std::uint64_t number, retry_entry<T>* before) {
        if constexpr (desk::gives_back) {
            if (auto& back = d.kernel.given_back()) {
                d.in.back.push_back({.item = std::move(*back),
                                     .sequence = number,
                                     .attempt = 0,
                                     .errors = {},
                                     .due = d.kernel.due()});
                back.reset();
                if constexpr (sends) {
                    if (!end_turn(d, false)) {
                        d.out.hold(false);
                        d.out.send_held();
                    }
                }
                return true;
            }
        }
        (void)before;
        return false;
    }

    /// A failed try: the item waits for the next one (on a cancelled edge it is abandoned), or is
    /// done with.
    item_outcome contain(desk& d, slot<T>& item, std::uint64_t number, unsigned attempt,
                         retry_entry<T>* before, std::exception_ptr error) {
        failed_try<T> failed{item, number, attempt, before, std::move(error)};
        const item_outcome o =
            engine::contain(failed, this->options, this->pause(attempt, d.core, number), rt().now(),
                            d.in.back, [&](dead_letter letter) {
                                letter.step = this->name;
                                letter.worker = d.core.index;
                                this->run_->bury(std::move(letter));
                            });
        if (o == item_outcome::dead || o == item_outcome::dropped) {
            ++(o == item_outcome::dead ? d.core.dead : d.core.dropped);
            settle(d, number);
        } else if (o == item_outcome::failed) {
            if (!end_turn(d, true)) {
                d.in.done += 1;
            }
            ++d.core.abandoned;
            this->run_->fail(d.core, "process", attempt, std::move(failed.error));
        }
        return o;
    }

    std::function<Kernel()> make_;
    const bool keep_;
    const bool ordered_;  // outputs may overtake each other, and must not
    order_keeper<T, out_type> order_;
    std::vector<std::unique_ptr<desk>> desks_;  // made before the threads start
};

}  // namespace paipa::engine
#endif
