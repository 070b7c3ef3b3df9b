#ifndef PAIPA_DETAIL_STAGE_STEP_CORE_HPP
#define PAIPA_DETAIL_STAGE_STEP_CORE_HPP
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/fused_part.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/options.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace paipa::detail {

class item_timer;
class stage_run;

/// One step of a run: its workers, and the hooks that run once per step. `stage` has its types.
class step_core : public step_base {
public:
    step_core(std::string text, const step_options& o);
    step_core(const step_core&) = delete;
    step_core& operator=(const step_core&) = delete;
    virtual ~step_core();

    /// On the starting thread: makes the workers' instances. May throw what user code throws.
    virtual void make_workers(stage_run& run) = 0;
    virtual void step_initialize() = 0;
    virtual void initialize(std::size_t worker) = 0;
    /// On the worker's thread: everything from `thread_initialize` to `thread_shutdown`.
    virtual void work(std::size_t worker) = 0;
    /// On the worker's thread, whatever happened: nothing stays in its inbox or outbox.
    virtual void clean_up(std::size_t worker) noexcept = 0;

    /// On the last worker's thread: outputs that will never leave count as abandoned.
    virtual void give_up() noexcept {}

    /// On the last worker's thread: the hook, with its outputs handed on.
    virtual void step_shutdown() = 0;

    [[nodiscard]] virtual worker_context& core(std::size_t worker) = 0;
    [[nodiscard]] virtual edge_core& in() = 0;
    /// The ways out of this step; none where nobody wants the outputs.
    [[nodiscard]] virtual const std::vector<way>& ways() const noexcept = 0;
    /// Workers that `make_workers` has made; they stay until the run is destroyed.
    [[nodiscard]] virtual std::size_t made() const noexcept = 0;
    /// Returns something to hand on.
    [[nodiscard]] virtual bool emits() const noexcept = 0;

    /// All of the run for this step: its workers, and its timer.
    [[nodiscard]] std::size_t threads() const noexcept;

    /// Before the start: so many workers will leave.
    void expect_workers() noexcept { working_.store(options.threads); }

    /// True: it was the last one, and the step ends.
    [[nodiscard]] bool worker_left() noexcept { return working_.fetch_sub(1) == 1; }

    /// Adds a step that runs on this one's workers, behind it. Throws `config_error` for options
    /// that it cannot have.
    virtual void add_part(std::string text, const step_options& o);

    [[nodiscard]] const std::vector<std::unique_ptr<fused_part>>& parts() const noexcept {
        return parts_;
    }

    /// Nobody wants more of this step, and of those fused to it.
    void request_stop() noexcept;
    [[nodiscard]] bool stop_may_run_user_code() const noexcept;

    bool is_last = false;               // no step is behind it; set once, before the start
    std::atomic<bool> unwanted{false};  // see `graph::give_up`
    std::unique_ptr<item_timer> timer;  // made with the workers, where there is `item_timeout`
    std::atomic<bool> saw_end{false};   // a worker met the end of the input, so no end is early
    bool initialised = false;           // written before the threads start, read by the last worker

private:
    std::vector<std::unique_ptr<fused_part>> parts_;
    std::atomic<std::size_t> working_{0};  // workers that have not left
};

}  // namespace paipa::detail
#endif
