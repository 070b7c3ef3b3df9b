#ifndef PAIPA_DETAIL_STAGE_STAGE_HPP
#define PAIPA_DETAIL_STAGE_STAGE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <string>
#include <vector>

namespace paipa::detail {

/// What all steps share: the edges, the workers, and what user code that throws leads to.
class stage : public step_core {
public:
    /// No way out: nobody wants the outputs.
    stage(std::string text, const step_options& o, edge& in, std::vector<way> ways, bool emits);
    ~stage() override;

    void clean_up(std::size_t worker) noexcept override;

    worker_context& core(std::size_t worker) override { return enrolled_[worker]->core; }

    edge_core& in() override { return in_; }

    [[nodiscard]] const std::vector<way>& ways() const noexcept override { return ways_; }

    [[nodiscard]] std::size_t made() const noexcept override { return made_.load(); }

    [[nodiscard]] bool emits() const noexcept override { return emits_; }

    /// The first way out, for the workers.
    [[nodiscard]] way first_way() const noexcept { return ways_.empty() ? way{} : ways_.front(); }

protected:
    friend struct stage_worker;

    /// Makes the worker's inbox and output known to their edges. It lives until the run is over.
    /// `hand` is the worker's, for the tickets of its items.
    void enrol(stage_worker& w, ticket_in_hand& hand);

    /// Runs user code of a hook; what it throws fails the run. False: it threw.
    template <class F>
    bool guarded(stage_worker& w, const char* where, F f) noexcept {
        run_->rt.point();
        try {
            f();
            return true;
        } catch (...) {
            run_->fail(w.core, where, std::current_exception());
            return false;
        }
    }

    /// The same; the worker's time is booked on hooks, and `explain` names this one.
    template <class F>
    bool in_hook(stage_worker& w, const char* where, F f) noexcept {
        const detail::in_hook here(w.core.times, where, run_->rt);
        return guarded(w, where, std::move(f));
    }

    void progress(time_point now) noexcept {
        if (is_last) {
            run_->notice(now);
        }
    }

    static constexpr std::size_t any_number = ~std::size_t{0};

    /// `n` items are done. Says how many the worker takes next, at most `most`, and how it waits.
    void pace(stage_worker& w, std::size_t n, std::size_t most) noexcept;

    stage_run* run_ = nullptr;  // from make_workers on
    edge& in_;

private:
    const std::vector<way> ways_;
    const bool emits_;
    std::vector<stage_worker*> enrolled_;  // has room for all before the first
    std::atomic<std::size_t> made_{0};     // of them may be looked at; pairs `enrol` with `made`
};

}  // namespace paipa::detail
#endif
