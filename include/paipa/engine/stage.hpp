#ifndef PAIPA_ENGINE_STAGE_HPP
#define PAIPA_ENGINE_STAGE_HPP
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/edge.hpp>
#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/emitter.hpp>
#include <paipa/engine/run_core.hpp>
#include <paipa/engine/step_head.hpp>
#include <paipa/engine/worker_core.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace paipa::engine {

/// Tells the tracker of one try of an item, in pairs.
class item_watch {
public:
    item_watch(run_core& run, const std::string& step, std::size_t index) noexcept
        : run_(run), step_(step), index_(index) {
        run_.tell_tracker([&](tracker& t) { t.item_started(step_, index_); });
    }

    void ended(item_outcome o) noexcept {
        run_.tell_tracker([&](tracker& t) { t.item_ended(step_, index_, o); });
    }

private:
    run_core& run_;
    const std::string& step_;
    std::size_t index_;
};

/// What all steps from `T` to `Out` share: the edges, the workers' boxes, the care for failures.
template <class T, class Out>
class stage : public step_core {
public:
    struct station {
        station(stage& s, std::size_t i, bool hold)
            : core(*s.run_, &s, i), in(s.options.threads > 1), out(core, s.to_, hold) {}

        worker_core core;
        inbox<T> in;
        emitter<Out> out;
    };

    stage(std::string text, const step_options& o, edge<T>& in, typename edge_to<Out>::pointer to)
        : step_core(std::move(text), o), in_(in), to_(to) {}

    void clean_up(std::size_t worker) noexcept override {
        station& s = *stations_[worker];
        try {
            s.out.hand_over(true);
        } catch (...) {
            run_->fail(s.core, "hand-over", 0, std::current_exception());
        }
        std::size_t left = s.in.back.size() + (s.in.again ? 1 : 0);
        while (s.in.take_next() != nullptr) {
            s.in.drop_taken();
            ++left;
        }
        s.in.back.clear();
        s.in.again.reset();
        s.core.abandoned += left;
        s.in.done += left;
        in_.remove_reader(s.in);
    }

    worker_core& core(std::size_t worker) override { return stations_[worker]->core; }

    edge_core& in() override { return in_; }

    edge_core* out() override { return to_; }

    [[nodiscard]] std::size_t made() const noexcept override { return stations_.size(); }

    [[nodiscard]] bool emits() const noexcept override { return !std::is_void_v<Out>; }

protected:
    /// Makes the boxes of a station known, which lives until the run is over.
    void enrol(station& s) {
        stations_.push_back(&s);
        in_.add_reader(s.in);
        s.out.open();
    }

    /// Runs user code of a hook; what it throws fails the run. False: it threw.
    template <class F>
    bool guarded(station& s, const char* where, F f) noexcept {
        run_->rt.point();
        try {
            f();
            return true;
        } catch (...) {
            run_->fail(s.core, where, 0, std::current_exception());
            return false;
        }
    }

    void progress(time_point now) noexcept {
        if (is_last) {
            run_->notice(now);
        }
    }

    /// Before the next try of an item that failed `attempt` times.
    duration pause(unsigned attempt, const worker_core& worker,
                   std::uint64_t number) const noexcept {
        return retry_pause(options.retry, attempt, number * 31 + worker.index * 7 + position);
    }

    run_core* run_ = nullptr;  // from make_workers on
    edge<T>& in_;
    typename edge_to<Out>::pointer to_;
    std::vector<station*> stations_;
};

}  // namespace paipa::engine
#endif
