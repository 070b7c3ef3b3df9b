#ifndef PAIPA_DETAIL_STAGE_ITEM_STAGE_HPP
#define PAIPA_DETAIL_STAGE_ITEM_STAGE_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/order/resequencer.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace paipa::detail {

/// A step that takes one item after the other: functions, classes, most stock steps.
class item_stage final : public stage {
public:
    item_stage(std::string text, const step_options& o, edge& in, std::vector<way> ways, bool emits,
               const kernel_facts& facts, std::unique_ptr<const item_worker_maker> maker);
    ~item_stage() override;

    void make_workers(stage_run& run) override;
    void add_part(std::string text, const step_options& o) override;

    void step_initialize() override { workers_.front()->step_initialize(); }

    void initialize(std::size_t i) override { workers_[i]->initialize(); }

    void step_shutdown() override { workers_.front()->step_shutdown(); }

    void give_up() noexcept override;
    void work(std::size_t i) override;

    // For workers, around each try of an item:
    /// An item that does not fail needs no more than to be counted: `begin` and `end` may be left
    /// out.
    [[nodiscard]] bool is_plain() const noexcept { return plain_; }

    /// Before the try in hand. Returns whether the item must stay whole for another one.
    bool begin(item_stage_worker& w);
    /// Its two halves, where other items come between them.
    void start(item_stage_worker& w);
    bool go_on(item_stage_worker& w);
    /// The call of the try in hand has ended. `cell` has the item, and `given` is the item if the
    /// step has called `requeue`. True: the item has waited in the worker's hand, and is to be
    /// tried again now.
    bool end(item_stage_worker& w, call_end end, void* cell, given_item given);
    /// The same, of a call that has neither failed nor skipped by a throw, nor given its item back.
    void succeeded(item_stage_worker& w, outcome o);

private:
    void furnish(item_stage_worker& w);
    void loop(item_stage_worker& w);
    taken wait(item_stage_worker& w);
    void on_time(item_stage_worker& w);
    [[nodiscard]] time_point deadline(item_stage_worker& w) const;
    void flush(item_stage_worker& w);
    void meta(item_stage_worker& w);
    void batch(item_stage_worker& w);
    void again(item_stage_worker& w);
    void end_try(item_stage_worker& w, item_outcome o);
    bool settle(item_stage_worker& w);
    [[nodiscard]] bool is_waited_for() const noexcept;
    bool send_held(item_stage_worker& w) noexcept;
    void leave(item_stage_worker& w);
    void bound_outputs(item_stage_worker& w);
    bool end_turn(item_stage_worker& w, bool done);
    bool given_back(item_stage_worker& w, given_item given);
    bool failed(item_stage_worker& w, const item_type& type, void* cell, std::exception_ptr error);
    bool wait_with_item(item_stage_worker& w);

    runtime& rt() const noexcept { return run_->rt; }

    const kernel_facts facts_;
    const std::unique_ptr<const item_worker_maker> maker_;
    const bool ordered_;                        // outputs could overtake each other, and must not
    const waiting_place place_;                 // of an item whose step asks for time
    bool plain_ = false;                        // see is_plain
    std::unique_ptr<resequencer> resequencer_;  // where ordered
    std::vector<std::unique_ptr<item_stage_worker>> workers_;  // made before the threads start
};

}  // namespace paipa::detail
#endif
