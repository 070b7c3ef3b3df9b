#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

stage::stage(std::string text, const step_options& o, edge& in, std::vector<way> ways, bool emits)
    : step_core(std::move(text), o), in_(in), ways_(std::move(ways)), emits_(emits) {}

stage::~stage() = default;

void stage::enrol(stage_worker& w, ticket_in_hand& hand) {
    enrolled_.reserve(options.threads);
    enrolled_.push_back(&w);
    if (in_.carries_tickets()) {
        w.core.hand = &hand;
    }
    in_.add_reader(w.in);
    w.out->stop_with(in_);
    w.out->open();
    for (output_core* const other : w.other_outs) {
        other->stop_with(in_);
        other->open();
    }
    for (const way& out : ways_) {
        if (out.to->has_several_inlets()) {
            in_.set_readers_flush();  // no slot is kept behind an entry, see `inlets`
        }
    }
    made_.store(enrolled_.size());  // last: others may ask from here on
}

void stage::clean_up(std::size_t worker) noexcept {
    stage_worker& w = *enrolled_[worker];
    try {
        w.hand_over(true);
    } catch (...) {
        run_->fail(w.core, "hand-over", std::current_exception());
    }
    std::size_t left = w.in.back.size() + (w.in.again ? 1 : 0);
    while (w.in.take_next()) {
        w.in.drop_taken(final_outcome::abandoned);
        ++left;
    }
    w.in.back.clear();
    w.in.again.reset();
    w.core.abandoned += left;
    w.in.done += left;
    in_.remove_reader(w.in);
    in_.drop_given_up();
    if (is_last && !ways_.empty()) {
        ways_.front().to->drop_given_up();
    }
}

void stage::pace(stage_worker& w, std::size_t n, std::size_t most) noexcept {
    const time_point now = run_->rt.now();
    w.in.want = std::min(most, w.sizer.next_batch(n, now, w.core.times.waited()));
    w.in.pull = w.sizer.pull();
    w.in.hurry = w.sizer.fast();
    w.core.times.mark(now);
    progress(now);
}

}  // namespace paipa::detail
