#ifndef PAIPA_DETAIL_STAGE_STAGE_WORKER_HPP
#define PAIPA_DETAIL_STAGE_STAGE_WORKER_HPP
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/stage/batch_sizer.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>

#include <any>
#include <atomic>
#include <cstddef>
#include <vector>

namespace paipa::detail {

class stage;

/// One worker of a stage: its inbox, its output and what the engine knows of its thread.
struct stage_worker {
    stage_worker(stage& s, std::size_t i);

    stage_worker(const stage_worker&) = delete;
    stage_worker& operator=(const stage_worker&) = delete;

    worker_context core;
    inbox in;
    batch_sizer sizer;
    /// Ends the worker's wait for input, or its next one: there is something else to do. From any
    /// thread. The caller keeps the run alive until this has returned.
    void poke() noexcept;

    /// For all outputs, see `output_core`:
    void hand_over(bool release);
    void push_meta(std::any entry);

    output_core* out = nullptr;  // in the class with the item type, from its constructor on
    std::vector<output_core*> other_outs;  // the further ones, of a step with several ways out
    /// The worker's seat, if its step holds items. A poke sets `in.poked` before it loads this. The
    /// worker stores this before it looks at `in.poked`. So no poke is lost.
    std::atomic<seat*> place{nullptr};

protected:
    ~stage_worker();
};

}  // namespace paipa::detail
#endif
