#ifndef PAIPA_DETAIL_STAGE_STAGE_HPP
#define PAIPA_DETAIL_STAGE_STAGE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/emitter.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_core.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

namespace paipa::detail {

class stage;

/// One worker's place at a stage: its boxes, and what the engine knows of it.
struct station {
    station(stage& s, std::size_t i);

    station(const station&) = delete;
    station& operator=(const station&) = delete;

    worker_core core;
    inbox in;
    emitter_core* out = nullptr;  // of the typed half, from its constructor on

protected:
    ~station();
};

/// What all steps share: the edges, the workers' boxes, the care for failures.
class stage : public step_core {
public:
    /// `to` null: nobody wants the outputs.
    stage(std::string text, const step_options& o, edge& in, edge* to, bool emits);
    ~stage() override;

    void clean_up(std::size_t worker) noexcept override;

    worker_core& core(std::size_t worker) override { return stations_[worker]->core; }

    edge_core& in() override { return in_; }

    edge_core* out() override { return to_; }

    [[nodiscard]] std::size_t made() const noexcept override { return made_.load(); }

    [[nodiscard]] bool emits() const noexcept override { return emits_; }

    /// The edge behind the step, for the typed halves.
    [[nodiscard]] edge* to() const noexcept { return to_; }

protected:
    friend struct station;

    /// Makes the boxes of a station known, which lives until the run is over.
    void enrol(station& s);

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

    /// The same; the worker's time is booked on hooks, and `explain` names this one.
    template <class F>
    bool in_hook(station& s, const char* where, F f) noexcept {
        const detail::in_hook here(s.core.times, where, run_->rt);
        return guarded(s, where, std::move(f));
    }

    void progress(time_point now) noexcept {
        if (is_last) {
            run_->notice(now);
        }
    }

    /// Before the next try of an item that failed `attempt` times.
    [[nodiscard]] duration pause(unsigned attempt, const worker_core& worker,
                                 std::uint64_t number) const noexcept;

    run_core* run_ = nullptr;  // from make_workers on
    edge& in_;

private:
    edge* to_;
    bool emits_;
    std::vector<station*> stations_;    // has room for all before the first
    std::atomic<std::size_t> made_{0};  // of them may be looked at; pairs `enrol` with `made`
};

}  // namespace paipa::detail
#endif
