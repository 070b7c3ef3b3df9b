#ifndef PAIPA_DETAIL_LAZY_INLINE_RUN_HPP
#define PAIPA_DETAIL_LAZY_INLINE_RUN_HPP
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

class inline_run;
class inline_timer;
class run_core;

/// A step made with `paipa::step` or `iter_step` that runs on the caller's thread: its one worker,
/// its hooks and its books. `inline_stage` and `inline_iter_stage` have its types.
class inline_step : public step_base {
public:
    inline_step(inline_run& run, std::string text, const step_options& o);
    virtual ~inline_step();

    worker_context core;

protected:
    friend class inline_run;

    virtual void make() {}  // the instance

    virtual void step_initialize() {}

    virtual void initialize() {}

    virtual void thread_initialize() {}

    virtual void thread_shutdown() {}

    virtual void step_shutdown() {}

    virtual void give_up() noexcept {}  // counts what is inside as abandoned

    [[nodiscard]] virtual std::uint64_t inside() const noexcept { return 0; }

    [[nodiscard]] virtual bool emits() const noexcept = 0;

    /// At the end of the input: the hooks that have not run, one at a call, as each may emit.
    /// False: all have.
    bool shut_down_next();

    inline_run& run_;

private:
    const char* hook_ = "";     // the one that shut_down_next called last
    bool initialised_ = false;  // step_initialize has returned, step_shutdown has not begun
    bool working_ = false;      // thread_initialize has returned, thread_shutdown has not begun
    std::unique_ptr<inline_timer> timer_;  // where there is `item_timeout`, until the first of them
};

/// The typed half of an inline step, seen from the step behind it.
template <class Out>
class inline_outputs : public inline_step {
public:
    using output = Out;
    using inline_step::inline_step;

    /// Makes the next output current. False: there is none.
    virtual bool next() = 0;
    virtual Out& current() noexcept = 0;
};

/// The run of a chain of steps on the caller's thread; what `run_core` is to threads.
///
/// Threads: none; whoever iterates the chain.
class inline_run final : public run_base {
public:
    /// `threads`: the run whose results are the source, if any. It is cancelled when nobody will
    /// pull any more.
    explicit inline_run(std::shared_ptr<run_core> threads = nullptr);

    [[nodiscard]] bool has_step(const std::string& name) const;

    /// Keeps the step: its books are asked for when the walk is over.
    template <class Stage>
    Stage& add(std::unique_ptr<Stage> step) {
        Stage& added = *step;
        steps_.push_back(std::move(step));
        return added;
    }

    /// Before the first item: instances, then hooks, in the order of the chain.
    void start();

    [[nodiscard]] bool has_started() const noexcept { return state_ != run_state::ready; }

    /// The first failure stops the run: all hooks that are due are called, what is inside is
    /// abandoned. Later calls for what the first one threw do nothing.
    /// `what` is the failure's text; empty: that of the error.
    void fail(const std::string& step, const char* where, unsigned attempt,
              std::exception_ptr error, std::string what = {}) noexcept;

    void add_dead_letter(dead_letter letter) { dead_letters_.push_back(std::move(letter)); }

    /// A step has passed on everything. `early`: it did not want all of its input.
    void step_ended(inline_step& step, bool early);

    /// The consumer has seen the end, maybe not that of the steps in front: calls the hooks that
    /// are due, and throws what the first of them threw.
    void end_walk();

    /// Nobody will pull any more; what hooks throw is logged.
    void stop() noexcept;

    /// All hooks have run, and nothing changes any more. From any thread.
    [[nodiscard]] bool is_over() const noexcept { return over_.load(std::memory_order_acquire); }

    void wait(time_point until);

    [[nodiscard]] report books() const;

    [[nodiscard]] const std::vector<dead_letter>& dead_letters() const { return dead_letters_; }

private:
    void note(const std::string& step, const char* where, unsigned attempt,
              std::exception_ptr error, std::string what) noexcept;
    void shut_down() noexcept;
    static void log_hook(const std::string& step) noexcept;
    void leave_source() noexcept;
    void end() noexcept;

    const std::shared_ptr<run_core> source_;
    std::vector<std::unique_ptr<inline_step>> steps_;
    run_state state_ = run_state::ready;
    std::optional<failure> failure_;
    std::uint64_t failure_count_ = 0;
    std::vector<dead_letter> dead_letters_;
    time_point started_{};
    time_point ended_ = never;
    // Set last, by the thread that walks; who reads it may read all above.
    std::atomic<bool> over_ = false;
};

}  // namespace paipa::detail
#endif
