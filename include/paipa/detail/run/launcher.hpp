#ifndef PAIPA_DETAIL_RUN_LAUNCHER_HPP
#define PAIPA_DETAIL_RUN_LAUNCHER_HPP
#include <cstddef>
#include <memory>
#include <string>

namespace paipa::detail {

class run_core;
class source_core;
class step_core;
struct run_parts;
struct worker_context;

/// Starts a run: instances and hooks, then the threads. Each thread holds the run, and ends with
/// what its step or source has to do at its end.
class launcher {
public:
    explicit launcher(std::shared_ptr<run_core> run);

    /// On the starting thread. False: a hook threw, or a thread was refused. Then the run has
    /// failed; what was initialised is shut down again.
    bool start();

    /// A source that came after the start.
    void start_source(source_core& source);

private:
    bool start_steps();
    void give_up_steps() noexcept;
    void start_threads();
    void start_worker(step_core& step, std::size_t i);
    void start_timer(step_core& step);
    template <class F>
    bool spawn(const worker_context& core, const std::string& name, const std::string& role,
               F body) noexcept;

    const std::shared_ptr<run_core> run_;
    run_parts& parts_;
    bool is_refused_ = false;  // a thread was refused, so no other one is tried
};

}  // namespace paipa::detail
#endif
