#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/stage/iter_stage.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/error.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

iter_stage::iter_stage(std::string text, const step_options& o, edge& in, std::vector<way> ways,
                       std::unique_ptr<const iter_worker_maker> maker)
    : stage(std::move(text), o, in, std::move(ways), true), maker_(std::move(maker)) {}

iter_stage::~iter_stage() = default;

void iter_stage::make_workers(stage_run& run) {
    run_ = &run;
    for (std::size_t i = 0; i < options.threads; ++i) {
        workers_.push_back(maker_->make(*this, i));
        enrol(*workers_.back(), workers_.back()->hand);
    }
}

void iter_stage::work(std::size_t i) {
    iter_worker& w = *workers_[i];
    w.home = &run_->rt.here();
    const bool ok = guarded(w, "process", [&] { w.run(); });
    end_current(w, ok);
}

void iter_stage::begin(iter_worker& w) noexcept {
    w.sizer.begin(run_->rt.now(), w.core.times.waited());
}

bool iter_stage::pull(iter_worker& w) {
    if (&run_->rt.here() != w.home) {
        throw state_error(run_->label() + ": iter_step '" + name +
                          "': its range is pulled on another thread: expected the worker's");
    }
    run_->rt.point();
    w.asked = true;
    end_current(w, true);
    while (!in_.is_cancelled()) {
        if (w.in.take_next()) {
            w.in_hand = true;
            w.hand.take(w.in.take_ticket());
            ++w.pulled;
            run_->tell_tracker(w.core, [&](tracker& t) { t.item_started(name, w.core.index); });
            return true;
        }
        measure(w);
        switch (take(w)) {
            case taken::meta:
                guarded(w, "hand-over", [&] { w.push_meta(in_.take_meta()); });
                in_.meta_passed();
                break;
            case taken::flush:
                w.hand_over(true);
                w.in.done += 1;
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

void iter_stage::end_current(iter_worker& w, bool finished) noexcept {
    if (std::exchange(w.in_hand, false)) {
        w.in.drop_taken(final_outcome::delivered);  // its ticket is in hand
        w.core.count(finished ? outcome::finished : outcome::abandoned);
        w.hand.end();
        w.in.done += 1;
        run_->tell_tracker(w.core, [&](tracker& t) {
            t.item_ended(name, w.core.index,
                         finished ? item_outcome::finished : item_outcome::failed);
        });
    }
}

taken iter_stage::take(iter_worker& w) {
    const taken what = in_.take(w.in, w.core.times, never, false);
    if (what != taken::nothing) {
        return what;
    }
    w.hand_over(true);
    return in_.take(w.in, w.core.times, never, true);
}

/// One of several workers takes single items: what it has taken is lost to its siblings when its
/// range ends early.
void iter_stage::measure(iter_worker& w) {
    if (const std::size_t n = std::exchange(w.pulled, 0); n > 0) {
        pace(w, n, options.threads == 1 ? any_number : 1);
    }
}

}  // namespace paipa::detail
