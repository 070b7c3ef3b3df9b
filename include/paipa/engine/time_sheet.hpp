#ifndef PAIPA_ENGINE_TIME_SHEET_HPP
#define PAIPA_ENGINE_TIME_SHEET_HPP
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <array>
#include <atomic>
#include <cstddef>

namespace paipa::engine {

/// How one thread spends its time. Written by that thread only, read by reports: relaxed order is
/// enough, figures of a running thread may be a moment old.
class time_sheet {
public:
    void begin(time_point now) noexcept {
        since_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
        state_.store(activity::running, std::memory_order_relaxed);
    }

    /// Books the time since the last change on what the thread did until now.
    /// One and the same wait goes on when a thread looks again and finds nothing.
    void change(activity to, time_point now) noexcept {
        if (to == state()) {
            return;
        }
        const auto t = now.time_since_epoch().count();
        const auto was = static_cast<std::size_t>(state_.load(std::memory_order_relaxed));
        const auto spent = t - since_.load(std::memory_order_relaxed);
        auto& sum = spent_[was];
        sum.store(sum.load(std::memory_order_relaxed) + spent, std::memory_order_relaxed);
        since_.store(t, std::memory_order_relaxed);
        state_.store(to, std::memory_order_relaxed);
    }

    [[nodiscard]] activity state() const noexcept { return state_.load(std::memory_order_relaxed); }

    /// Notes that user code got new work: "since when" of a stuck worker.
    void mark(time_point now) noexcept {
        mark_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    }

    /// When the present activity, or the present batch of work, began.
    [[nodiscard]] time_point since() const noexcept {
        const auto s = since_.load(std::memory_order_relaxed);
        const auto m = mark_.load(std::memory_order_relaxed);
        return time_point{duration{s > m ? s : m}};
    }

    /// Time spent waiting so far, all kinds together.
    [[nodiscard]] duration waited() const noexcept {
        return get(activity::waiting_for_input) + get(activity::waiting_for_room) +
               get(activity::waiting_to_retry);
    }

    [[nodiscard]] duration get(activity a) const noexcept {
        return duration{spent_[static_cast<std::size_t>(a)].load(std::memory_order_relaxed)};
    }

    /// Adds this thread's times to a sum; the present activity counts up to `now`.
    void add_to(time_by_state& sum, time_point now) const noexcept;

private:
    std::atomic<activity> state_{activity::ended};
    std::atomic<duration::rep> since_{0};
    std::atomic<duration::rep> mark_{0};
    std::array<std::atomic<duration::rep>, 5> spent_{};
};

/// Ends a thread's wait, if there was one, when it leaves the engine for its work.
class back_to_work {
public:
    /// `times` null: nobody keeps the caller's time.
    back_to_work(time_sheet* times, runtime& rt) noexcept : times_(times), rt_(rt) {}

    back_to_work(const back_to_work&) = delete;
    back_to_work& operator=(const back_to_work&) = delete;

    ~back_to_work() {
        if (times_ != nullptr && times_->state() != activity::running) {
            times_->change(activity::running, rt_.now());
        }
    }

private:
    time_sheet* times_;
    runtime& rt_;
};

}  // namespace paipa::engine
#endif
