#ifndef PAIPA_DETAIL_STAGE_TIME_SHEET_HPP
#define PAIPA_DETAIL_STAGE_TIME_SHEET_HPP
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <array>
#include <atomic>
#include <cstddef>

namespace paipa::detail {

/// How one thread spends its time. Written by that thread only, at each change of what it does;
/// read by reports, which see one change as a whole or not at all.
class time_sheet {
public:
    void begin(time_point now) noexcept {
        work_ = activity::running;
        book(activity::running, now.time_since_epoch().count(), duration{});
    }

    /// Books the time since the last change on what the thread did until now.
    /// One and the same wait goes on when a thread looks again and finds nothing.
    void change(activity to, time_point now) noexcept {
        if (to == state()) {
            return;
        }
        const auto t = now.time_since_epoch().count();
        book(to, t, duration{t - since_.load(std::memory_order_relaxed)});
    }

    /// From now on the thread's work is a hook of the user's, and not an item.
    void enter_hook(const char* name, time_point now) noexcept {
        hook_.store(name, std::memory_order_relaxed);
        work_ = activity::in_hook;
        change(work_, now);
    }

    void leave_hook(time_point now) noexcept {
        work_ = activity::running;
        change(work_, now);
        hook_.store(nullptr, std::memory_order_relaxed);
    }

    /// Where the thread is with its work, besides the step; null: nowhere. No time is booked on it.
    void visit(const char* name) noexcept { hook_.store(name, std::memory_order_relaxed); }

    /// What the thread does when it does not wait.
    [[nodiscard]] activity work() const noexcept { return work_; }

    [[nodiscard]] activity state() const noexcept { return state_.load(std::memory_order_acquire); }

    /// The hook that the thread is in, or what it visits; null: neither.
    [[nodiscard]] const char* hook() const noexcept {
        return hook_.load(std::memory_order_relaxed);
    }

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

    /// Time spent with anything but items so far, all kinds together.
    [[nodiscard]] duration waited() const noexcept {
        duration sum{};
        for (std::size_t a = 0; a < activities; ++a) {
            if (static_cast<activity>(a) != activity::running &&
                static_cast<activity>(a) != activity::ended) {
                sum += duration{spent_[a].load(std::memory_order_relaxed)};
            }
        }
        return sum;
    }

    /// Adds this thread's times to a sum; the present activity counts up to `now`.
    void add_to(time_by_state& sum, time_point now) const noexcept;

private:
    static constexpr std::size_t activities = static_cast<std::size_t>(activity::ended) + 1;

    /// A reader that comes meanwhile finds an odd number of changes, or another one after reading
    /// than before, and reads again: whoever sees one of the stores also sees the first one.
    void book(activity to, duration::rep t, duration spent) noexcept {
        const unsigned n = changes_.load(std::memory_order_relaxed);
        changes_.store(n + 1, std::memory_order_relaxed);
        auto& sum = spent_[static_cast<std::size_t>(state_.load(std::memory_order_relaxed))];
        sum.store(sum.load(std::memory_order_relaxed) + spent.count(), std::memory_order_release);
        since_.store(t, std::memory_order_release);
        state_.store(to, std::memory_order_release);
        changes_.store(n + 2, std::memory_order_release);
    }

    std::atomic<unsigned> changes_{0};  // odd while one is being made; pairs `book` with `add_to`
    std::atomic<activity> state_{activity::ended};
    std::atomic<duration::rep> since_{0};
    std::atomic<duration::rep> mark_{0};
    std::atomic<const char*> hook_{nullptr};
    std::array<std::atomic<duration::rep>, activities> spent_{};
    activity work_ = activity::running;  // running or in a hook; only the thread itself looks
};

/// Ends a thread's wait, if there was one, when it leaves the engine for its work.
class back_to_work {
public:
    /// `times` null: nobody keeps the caller's time.
    back_to_work(time_sheet* times, runtime& rt) noexcept : times_(times), rt_(rt) {}

    back_to_work(const back_to_work&) = delete;
    back_to_work& operator=(const back_to_work&) = delete;

    ~back_to_work() {
        if (times_ != nullptr && times_->state() != times_->work()) {
            times_->change(times_->work(), rt_.now());
        }
    }

private:
    time_sheet* times_;
    runtime& rt_;
};

/// The thread is in a hook for as long as this lives.
class in_hook {
public:
    in_hook(time_sheet& times, const char* name, runtime& rt) noexcept : times_(times), rt_(rt) {
        times_.enter_hook(name, rt_.now());
    }

    in_hook(const in_hook&) = delete;
    in_hook& operator=(const in_hook&) = delete;

    ~in_hook() { times_.leave_hook(rt_.now()); }

private:
    time_sheet& times_;
    runtime& rt_;
};

}  // namespace paipa::detail
#endif
