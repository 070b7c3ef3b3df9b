#ifndef PAIPA_DETAIL_RUN_LIFECYCLE_HPP
#define PAIPA_DETAIL_RUN_LIFECYCLE_HPP
#include <paipa/detail/sync/birthplace.hpp>
#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/failure.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace paipa::detail {

class failure_log;
class one_reader;
class stall_watch;
class waking_lock;

/// How far a run is: its state, whether it still takes items, its threads, and who waits for its
/// end.
///
/// Threads: all calls from any thread. Its mutex guards all of its fields but the atomics. See
///          `lock_order`.
/// Ends:    the last thread of the run calls `settle` and `tell_end`. One of the threads in `wait`
///          then joins the run's threads, and the others wait for that.
class lifecycle {
public:
    explicit lifecycle(runtime& rt) : rt_(rt) {}

    lifecycle(const lifecycle&) = delete;
    lifecycle& operator=(const lifecycle&) = delete;

    /// Threads that nobody has joined go on by themselves.
    ~lifecycle();

    // Which state comes next
    /// From ready to running, with so many threads that will leave. Returns the state before: when
    /// it is not ready, nothing has changed.
    run_state begin(std::size_t threads);

    /// No more items are taken.
    void finish();

    /// The same; a run that goes on is drained.
    void drain();

    enum class cancelled { too_late, before_the_start, in_time };

    /// `asked`: by the program, to which it is no news that items are abandoned.
    cancelled cancel(std::string_view why, bool asked);

    /// Nobody wants what the run would still do.
    void end_early(std::string_view why);

    /// Adds a failure to the log. The first one ends the run: then it returns true, and `why` tells
    /// why no more items are taken.
    bool fail(failure_log& failures, const failure& f, std::string_view why) noexcept;

    /// A source comes: it is one more thread of a run that has begun. False: no more items are
    /// taken, so it comes too late.
    [[nodiscard]] bool add_source();

    /// A source has ended, and it was the last one. True: no more items come; either nobody may add
    /// any, or `ends_with_sources`.
    bool sources_ended(bool ends_with_sources);

    // Threads
    void remove_threads(std::size_t n);

    /// One more thread, as long as there is one. False: all have left.
    [[nodiscard]] bool add_thread_to_others();

    /// True: it was the last one, and `settle` is due.
    [[nodiscard]] bool thread_left();

    /// Starts a thread that has been counted. Throws what the runtime throws when there is none.
    void spawn(const std::string& name, std::function<void()> body);

    // The end
    /// All threads have left: nothing changes any more.
    void settle();

    /// Behind `settle`: wakes who waits.
    void tell_end() noexcept;

    /// Waits until all threads are gone, or until the time. False at the time and, with a reader,
    /// as soon as the calling thread may throw the results away. The watch looks meanwhile.
    bool wait(time_point until, stall_watch& watch, const one_reader* or_unread = nullptr);

    /// Those in `wait` look again.
    void wake() noexcept;

    /// Gives up the threads: nobody waits for them.
    void leave_threads();

    // Questions
    [[nodiscard]] run_state state() const;
    /// `settle` has been called.
    [[nodiscard]] bool has_settled() const;

    struct span {
        run_state state;
        bool has_settled;
        time_point from;  // `never`: it has not started
        time_point to;    // the time now; when it has settled, that of the end
    };

    /// The state, and the time that it has run, at one moment.
    [[nodiscard]] span ran() const;
    /// The program has called `cancel`, or left a stream.
    [[nodiscard]] bool was_cancel_asked() const;

    /// No input is offered any more.
    [[nodiscard]] bool is_finishing() const noexcept { return is_finishing_.load(); }

    /// Why no more items are taken. Empty when there is no memory for it.
    [[nodiscard]] std::string closed_why() const noexcept;

    /// The same for those who feed a queue that the run has read.
    [[nodiscard]] std::string why_no_more() const noexcept;

    /// The process is a copy of the one that started the run: the threads are not there.
    [[nodiscard]] bool is_in_forked_child() const noexcept;

private:
    void stop_taking(std::string_view why) noexcept PAIPA_REQUIRES(mutex_);
    void join(waking_lock& lock) PAIPA_REQUIRES(mutex_);

    runtime& rt_;
    mutable mutex mutex_{lock_order::lifecycle};
    run_state state_ PAIPA_GUARDED_BY(mutex_) = run_state::ready;
    bool has_settled_ PAIPA_GUARDED_BY(mutex_) = false;
    bool has_ended_ PAIPA_GUARDED_BY(mutex_) = false;
    bool is_joining_ PAIPA_GUARDED_BY(mutex_) = false;  // one waiter joins the threads
    bool has_joined_ PAIPA_GUARDED_BY(mutex_) = false;
    bool cancel_asked_ PAIPA_GUARDED_BY(mutex_) = false;
    std::size_t threads_left_ PAIPA_GUARDED_BY(mutex_) = 0;
    std::vector<std::unique_ptr<runtime::thread>> threads_ PAIPA_GUARDED_BY(mutex_);
    time_point started_ PAIPA_GUARDED_BY(mutex_) = never;
    time_point stopped_ PAIPA_GUARDED_BY(mutex_){};
    std::string closed_why_ PAIPA_GUARDED_BY(mutex_) = "the run has ended";
    wait_list waiting_ PAIPA_GUARDED_BY(mutex_);
    std::atomic<bool> is_finishing_{false};  // changes under the mutex
    birthplace process_;                     // of the threads
};

}  // namespace paipa::detail
#endif
