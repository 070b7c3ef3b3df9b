#ifndef PAIPA_DETAIL_RUN_RUN_CORE_HPP
#define PAIPA_DETAIL_RUN_RUN_CORE_HPP
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/time.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paipa::detail {

class edge;
class source_core;
class stall_watch;
struct run_parts;

/// A run: the calls of a pipeline, made of what its parts can do.
///
/// Who owns: the pipeline and every thread hold the run by shared_ptr. Who waits: callers of
/// `wait`, in the lifecycle. Workers wait in their edges, and where user code waits through the
/// library. How it ends: a step's last worker runs `step_shutdown` and closes the next edge; the
/// last thread of all settles the books and wakes the waiters. A failure or a cancel cancels every
/// edge, so every wait in them ends.
class run_core final : public stage_run, public std::enable_shared_from_this<run_core> {
public:
    explicit run_core(pipeline_options options);
    run_core(const run_core&) = delete;
    run_core& operator=(const run_core&) = delete;
    ~run_core() override;

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
    /// Waits for the end, or the time; results that nobody reads are dropped meanwhile. False: the
    /// time is over.
    bool wait_end(time_point until, const char* who);
    /// Cancels, and waits for the threads.
    void cancel_and_wait();
    /// The body of `run_while` threw the exception in flight: cancels, and waits for the threads.
    /// Rethrows the run's failure where the body's exception is only its consequence.
    void body_threw();

    // Input:
    /// The first edge.
    [[nodiscard]] edge& intake() const noexcept { return *intake_; }

    /// Where a `put` comes from; it then throws when it found no room and must not wait.
    [[nodiscard]] bool puts_inside(time_point until) const;
    [[noreturn]] void refuse_put_inside(const char* who) const;
    /// Throws `closed_error` after `finish` and after the end of the run.
    void check_put(const char* who) const;
    /// Names the caller in the text of an error.
    [[nodiscard]] std::function<std::string()> site(const char* who) const;
    void add_source(std::unique_ptr<source_core> source, const char* who);
    [[nodiscard]] bool is_finishing() const noexcept;

    // Results:
    /// A reader of the results comes: it must be the only one; it starts the run if nobody has.
    void reader_came();
    void begin_reading();
    /// The next result's cell; null at the end, when a failure of the run has been rethrown.
    void* next_result();
    /// From any thread.
    void reader_left() noexcept;

    // Questions:
    /// An exception is in flight that was not when the pipeline was made.
    [[nodiscard]] bool is_unwinding() const noexcept;
    [[nodiscard]] bool on_own_thread() const;
    [[nodiscard]] run_state state() const;
    [[nodiscard]] bool has_ended() const;
    [[nodiscard]] std::optional<failure> first_failure() const;
    [[nodiscard]] std::vector<dead_letter> dead_letters() const;
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] report books() const;
    [[nodiscard]] std::string explain() const;

    /// For `run_builder`, and for who looks at them.
    [[nodiscard]] run_parts& parts() const noexcept { return *parts_; }

    /// The last edge has been built: `intake` may be called.
    void built() noexcept;

    // For steps and sources:
    using stage_run::fail;
    void fail(const worker_context& at, const char* where, unsigned attempt,
              std::exception_ptr error, std::string what) noexcept override;
    void add_dead_letter(dead_letter letter) override;
    void notice(time_point now) noexcept override;

    // For the run's own threads:
    void thread_left() noexcept;
    /// All threads have left: nothing changes any more, and the books are final.
    void settle() noexcept;

private:
    report end(const char* who);
    void check_run() const;
    [[noreturn]] void refuse_items(const char* who) const;
    void refuse_reading_inside() const;
    void refuse_in_forked_child(const char* who) const;

    const std::unique_ptr<run_parts> parts_;
    edge* intake_ = nullptr;  // constant once built
    const int unwinding_;     // exceptions in flight when the pipeline was made
};

/// A pipeline without a run: throws `state_error`.
[[noreturn]] void refuse_moved_from();

}  // namespace paipa::detail
#endif
