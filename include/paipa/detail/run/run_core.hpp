#ifndef PAIPA_DETAIL_RUN_RUN_CORE_HPP
#define PAIPA_DETAIL_RUN_RUN_CORE_HPP
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/run/watcher_gate.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/birthplace.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paipa::detail {

class edge;
class result_reader;
class stall_watch;

/// A run: life cycle, failures, ends, books.
///
/// Who owns: the pipeline and every thread hold the run by shared_ptr. Who waits: callers of `wait`
/// for `ended_`; one of them then joins the threads, the others wait for `joined_`. Workers wait in
/// their edges, and where user code waits through the library. How it ends: a step's last worker
/// runs `step_shutdown` and closes the next edge; the last thread of all, which finds
/// `threads_left_` at zero, settles the books, sets `ended_` and wakes the waiters. A failure or a
/// cancel cancels every edge, so every wait in them ends.
class run_core final : public stage_run, public std::enable_shared_from_this<run_core> {
public:
    explicit run_core(pipeline_options options);
    run_core(const run_core&) = delete;
    run_core& operator=(const run_core&) = delete;
    ~run_core();

    /// How long a daemon pipeline's destructor waits for threads that are about to end anyway.
    static constexpr duration daemon_grace = std::chrono::milliseconds{100};
    /// How long after a cancel a callback counts as stuck.
    static constexpr duration stuck_after = std::chrono::milliseconds{250};

    // The calls of a pipeline, from any thread:
    report run();
    report stop();
    report run_forever();
    report drain(duration timeout);
    void start(const char* who);
    void finish();
    /// `asked`: by the program, to which it is no news that items are abandoned.
    void cancel(std::string_view why, bool asked = false);
    /// Cancels, and waits for the threads.
    void cancel_and_wait();
    /// The body of `run_while` threw the exception in flight: cancels, and waits for the threads.
    /// Rethrows the run's failure where the body's exception is only its consequence.
    void body_threw();
    /// The pipeline's destructor; its calls may still come from other threads.
    static void let_go(const std::shared_ptr<run_core>& run) noexcept;
    /// Where a `put` comes from; it then throws when it found no room and must not wait.
    [[nodiscard]] bool puts_inside(time_point until) const;
    [[noreturn]] void refuse_put_inside(const char* who) const;
    /// Throws `closed_error` after `finish` and after the end of the run.
    void check_put(const char* who) const;
    /// Names the caller in the text of an error.
    [[nodiscard]] call_site site(const char* who) const;
    /// A reader of the results comes: it must be the only one; it starts the run if nobody has.
    void reader_came();
    void begin_reading();
    /// The next result's cell; null at the end, when a failure of the run has been rethrown.
    void* next_result();
    /// From whoever came, on any thread.
    void reader_left() noexcept;
    void add_source(std::unique_ptr<source_core> source, const char* who);
    [[nodiscard]] bool on_own_thread() const;
    [[nodiscard]] run_state state() const;
    [[nodiscard]] bool has_ended() const;
    [[nodiscard]] std::optional<failure> first_failure() const;
    [[nodiscard]] std::vector<dead_letter> dead_letters() const;
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] report books();
    [[nodiscard]] std::string explain();
    /// Whether there are items that somebody could go on with: queued ones, waiting retries, and
    /// those in the hands of user code. What a step keeps back for later is none of them.
    [[nodiscard]] bool holds_items();
    /// Names, in one sentence, the event that would end the wait for a run that stands still.
    [[nodiscard]] std::string way_out();

    // For workers and sources:
    using stage_run::fail;
    void fail(const worker_context& at, const char* where, unsigned attempt,
              std::exception_ptr error, std::string what) noexcept override;
    void add_dead_letter(dead_letter letter) override;
    void notice(time_point now) noexcept override;

    [[nodiscard]] bool finishing() const noexcept { return finishing_.load(); }

    [[nodiscard]] edge& intake() const noexcept;

    // At least one of each, constant once built; the workers, with inbox and outbox, are destroyed
    // before the edges:
    std::vector<std::unique_ptr<edge>> edges;  // in front of each step
    std::vector<std::unique_ptr<step_core>> steps;
    std::unique_ptr<result_reader> results;  // behind the last step; null: not wanted

private:
    report end(const char* who);
    void check_run() const;
    void start_draining();
    bool wait(time_point until, stall_watch& watch, bool or_unread = false);
    bool wait_end(time_point until, const char* who);
    void wait_behind_results(stall_watch& watch);
    void refuse_reading_inside() const;
    [[nodiscard]] bool may_discard() const;
    [[nodiscard]] bool has_lost_its_reader() const;
    bool begin_discarding();
    void end_discarding() noexcept;
    void rethrow_failure();
    void log_unseen() noexcept;
    void leave_behind();
    void end_for_destructor();
    /// Threads that will never end here: this is a forked copy of the process that started them.
    [[nodiscard]] bool in_forked_child() const noexcept;
    /// Throws `state_error` there.
    void refuse_in_forked_child(const char* who) const;
    bool start_all();
    bool start_steps();
    void sources_never_started();
    void start_threads();
    void start_worker(step_core& step, std::size_t i);
    void start_timer(step_core& step);
    void start_source(source_core& source);
    template <class F>
    bool spawn(const worker_context& core, const std::string& name, const char* role,
               F body) noexcept;
    void begin_thread(worker_context& core) noexcept;
    void end_thread(worker_context& core) noexcept;
    void run_worker(step_core& step, std::size_t index) noexcept;
    void run_timer(step_core& step) noexcept;
    void run_source(source_core& source) noexcept;
    void step_left(step_core& step) noexcept;
    void end_upstream(const step_core& step);
    void end_early(std::string_view why, std::size_t first_steps);
    void source_left() noexcept;
    void thread_left() noexcept;
    void settle() noexcept;
    void close_books() noexcept;
    void fill_without_memory(report& r) const noexcept;
    void tell_progress(time_point now);
    void show_figures();
    [[nodiscard]] bool logs_notices() const noexcept;
    [[nodiscard]] std::string describe_watchers(time_point now) const;
    void stop_sources() noexcept;
    void stop_everything(std::string_view why, bool failed) noexcept;
    [[nodiscard]] bool stops_may_take_time(std::size_t first_steps) const noexcept;
    void request_stops(std::size_t first_steps) noexcept;
    void request_stops_in_time(std::size_t first_steps) noexcept;
    void set_closed_why(std::string_view why) noexcept;
    bool note(const failure& f, std::string_view why) noexcept;
    [[nodiscard]] source_core* source_at(std::size_t i) const noexcept;
    [[nodiscard]] std::string source_name(const worker_context& at) const;
    source_core* next_to_start(std::size_t i) noexcept;
    [[nodiscard]] std::string closed_why() const noexcept;
    [[nodiscard]] std::string why_no_more() const noexcept;
    [[nodiscard]] step_report step_books(step_core& step, time_point now, bool ended);
    static void add_parts(report& r, const step_core& step);
    void keep_from_going_back(report& r);
    [[nodiscard]] static std::string describe_worker(const std::string& name,
                                                     const worker_context& w, time_point now);

    mutable std::mutex mutex_;  // guards everything below but the atomics
    run_state state_ = run_state::ready;
    bool settled_ = false;  // the last thread has left, the books are final; stays true
    bool ended_ = false;    // and everybody has been told; stays true
    bool joining_ = false;  // one waiter joins the threads
    bool joined_ = false;
    bool ends_with_sources_ = false;  // started with sources: the input ends with them
    bool sources_started_ = false;    // sources that come later start themselves
    std::size_t threads_left_ = 0;    // and one for `start` itself
    std::size_t sources_left_ = 0;    // not exhausted, started or not
    std::vector<std::unique_ptr<source_core>> sources_;
    std::vector<std::unique_ptr<runtime::thread>> threads_;
    std::exception_ptr first_error_;
    std::vector<failure> failures_;
    std::uint64_t failure_count_ = 0;
    std::vector<time_by_state> told_times_;  // of steps, then sources, by reports so far
    bool failure_seen_ = false;              // some call has rethrown it
    bool cancel_asked_ = false;              // the program called `cancel`, or left a stream
    std::vector<dead_letter> dead_letters_;
    time_point started_ = never;
    time_point stopped_{};
    wait_list waiting_;
    // Who takes results: a range, on one thread, or a call that throws them away.
    bool has_range_ = false;
    seat* reader_ = nullptr;    // where the range was made, or reads
    bool reader_gone_ = false;  // one has taken results and left; another may come
    bool discarding_ = false;
    std::string closed_why_ = "the run has ended";
    std::atomic<bool> finishing_{false};  // no input is offered any more; changes under the mutex
    std::atomic<bool> start_failed_{false};      // a thread was refused; read by the next spawn
    std::atomic<duration::rep> next_notice_{0};  // workers race for it by compare and exchange
    watcher_gate watchers_;  // guards the next one; who has it logs a notice, and shows figures
    std::vector<std::shared_ptr<reporter>> reporters_;
    birthplace process_;   // of the threads
    const int unwinding_;  // exceptions in flight when the pipeline was made
};

/// A pipeline without a run: throws `state_error`.
[[noreturn]] void refuse_moved_from();

}  // namespace paipa::detail
#endif
