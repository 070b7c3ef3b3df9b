#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/emitter.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_core.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace paipa::detail {

station::station(stage& s, std::size_t i)
    : core(*s.run_, &s, i), in(s.in_.type(), s.options.threads > 1) {}

station::~station() = default;

stage::stage(std::string text, const step_options& o, edge& in, edge* to, bool emits)
    : step_core(std::move(text), o), in_(in), to_(to), emits_(emits) {}

stage::~stage() = default;

void stage::enrol(station& s) {
    stations_.reserve(options.threads);
    stations_.push_back(&s);
    in_.add_reader(s.in);
    s.out->stop_with(in_);
    s.out->open();
    made_.store(stations_.size());  // last: others may ask from here on
}

void stage::clean_up(std::size_t worker) noexcept {
    station& s = *stations_[worker];
    try {
        s.out->hand_over(true);
    } catch (...) {
        run_->fail(s.core, "hand-over", 0, std::current_exception());
    }
    std::size_t left = s.in.back.size() + (s.in.again ? 1 : 0);
    while (s.in.take_next()) {
        s.in.drop_taken();
        ++left;
    }
    s.in.back.clear();
    s.in.again.reset();
    s.core.abandoned += left;
    s.in.done += left;
    in_.remove_reader(s.in);
    in_.drop_given_up();
    if (is_last && to_ != nullptr) {
        to_->drop_given_up();
    }
}

duration stage::pause(unsigned attempt, const worker_core& worker,
                      std::uint64_t number) const noexcept {
    return retry_pause(options.retry, attempt, number * 31 + worker.index * 7 + position);
}

}  // namespace paipa::detail
