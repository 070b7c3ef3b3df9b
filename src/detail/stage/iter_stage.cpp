#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/emitter.hpp>
#include <paipa/detail/stage/iter_stage.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/error.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace paipa::detail {

iter_station::~iter_station() = default;

iter_desk_maker::~iter_desk_maker() = default;

iter_stage::iter_stage(std::string text, const step_options& o, edge& in, edge* to,
                       std::unique_ptr<const iter_desk_maker> maker)
    : stage(std::move(text), o, in, to, true), maker_(std::move(maker)) {}

iter_stage::~iter_stage() = default;

std::unique_ptr<step_core> make_iter_stage(std::string name, const step_options& o, edge& in,
                                           edge* to, std::unique_ptr<const iter_desk_maker> maker) {
    return std::make_unique<iter_stage>(std::move(name), o, in, to, std::move(maker));
}

void iter_stage::make_workers(run_core& run) {
    run_ = &run;
    for (std::size_t i = 0; i < options.threads; ++i) {
        desks_.push_back(maker_->make(*this, i));
        enrol(*desks_.back());
    }
}

void iter_stage::work(std::size_t i) {
    iter_station& d = *desks_[i];
    d.home = &run_->rt.here();
    const bool ok = guarded(d, "process", [&] { d.run(); });
    end_current(d, ok);
}

void iter_stage::begin(iter_station& d) noexcept {
    d.speed.begin(run_->rt.now(), d.core.times.waited());
}

bool iter_stage::pull(iter_station& d) {
    if (&run_->rt.here() != d.home) {
        throw state_error(run_->label() + ": iter_step '" + name +
                          "': its range is pulled on another thread: expected the worker's");
    }
    run_->rt.point();
    d.asked = true;
    end_current(d, true);
    while (!in_.is_cancelled()) {
        if (d.in.take_next()) {
            d.in_hand = true;
            ++d.pulled;
            run_->tell_tracker(d.core, [&](tracker& t) { t.item_started(name, d.core.index); });
            return true;
        }
        measure(d);
        switch (take(d)) {
            case taken::meta:
                guarded(d, "hand-over", [&] { d.out->push_meta(in_.take_meta()); });
                in_.meta_passed();
                break;
            case taken::end:
                saw_end.store(true);
                return false;
            case taken::cancelled:
                return false;
            default:
                break;
        }
    }
    return false;
}

void iter_stage::end_current(iter_station& d, bool finished) noexcept {
    if (std::exchange(d.in_hand, false)) {
        d.in.drop_taken();
        ++(finished ? d.core.counted : d.core.abandoned);
        d.in.done += 1;
        run_->tell_tracker(d.core, [&](tracker& t) {
            t.item_ended(name, d.core.index,
                         finished ? item_outcome::finished : item_outcome::failed);
        });
    }
}

taken iter_stage::take(iter_station& d) {
    const taken what = in_.take(d.in, d.core.times, never, false);
    if (what != taken::nothing) {
        return what;
    }
    d.out->hand_over(true);
    return in_.take(d.in, d.core.times, never, true);
}

/// One of several workers takes single items: what it has taken is lost to its siblings when its
/// range ends early.
void iter_stage::measure(iter_station& d) {
    if (d.pulled == 0) {
        return;
    }
    const time_point now = run_->rt.now();
    const std::size_t next = d.speed.next_batch(d.pulled, now, d.core.times.waited());
    d.in.want = options.threads == 1 ? next : 1;
    d.in.pull = d.speed.pull();
    d.in.hurry = d.speed.fast();
    d.core.times.mark(now);
    d.pulled = 0;
    progress(now);
}

}  // namespace paipa::detail
