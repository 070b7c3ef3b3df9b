#ifndef PAIPA_DETAIL_STAGE_ITEM_STAGE_HPP
#define PAIPA_DETAIL_STAGE_ITEM_STAGE_HPP
#include <paipa/detail/attempt/attempts.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/order/done_shelf.hpp>
#include <paipa/detail/order/order_keeper.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/pace.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_core.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace paipa::detail {

/// What the engine has to know of a step's kernel.
struct kernel_facts {
    bool many_outputs;                 // an item may have several
    bool one_output;                   // who finishes has had just one
    bool gives_back;                   // may call `requeue`
    bool stays_whole;                  // an item is as it was when its call has thrown
    bool flushes;                      // keeps items back
    bool has_idle;                     // wants to be called when there is nothing to do
    const bool* parts_keep = nullptr;  // for each fused part: whether it can keep its items
};

/// How an item has waited in its worker's hand, because its step asked for that.
struct wait_in_hand {
    std::uint64_t number = ~std::uint64_t{0};  // of the item
    duration total{};
    time_point until{};
};

/// One worker's place at an `item_stage`, with its notes on the item in hand; `item_desk` has the
/// kernel. The hooks run user code.
class desk : public station {
public:
    using station::station;
    virtual ~desk();

    virtual void step_initialize() = 0;
    virtual void initialize() = 0;
    virtual void thread_initialize() = 0;
    virtual void thread_shutdown() = 0;
    virtual void step_shutdown() = 0;
    virtual void idle() = 0;
    virtual std::any meta(std::any entry) = 0;
    virtual void flush() = 0;
    /// When what is kept back has to leave.
    virtual time_point deadline() = 0;
    /// Works through the inbox. Returns how many items there were.
    virtual std::size_t batch() = 0;
    /// One more try of an item that came back.
    virtual void again(retry_entry& entry) = 0;

    pace speed;
    time_point next_idle = never;
    bool holds = false;        // outputs are held until the item is settled
    bool streaming = false;    // an ordered item that sends directly, because it is its turn
    std::uint64_t number = 0;  // of the item in hand
    wait_in_hand waited{};
    requeue_note note{};              // of an item that the step had given back
    done_shelf* ready = nullptr;      // where ordered: done, not in their places
    std::optional<item_clock> clock;  // where the step has `item_timeout`
};

class item_stage;

/// Makes the desks of a stage's workers.
class desk_maker {
public:
    virtual ~desk_maker();
    [[nodiscard]] virtual std::unique_ptr<desk> make(item_stage& s, std::size_t worker) const = 0;
};

/// A step that takes one item after the other: functions, classes, most stock steps.
class item_stage final : public stage {
public:
    item_stage(std::string text, const step_options& o, edge& in, edge* to, bool emits,
               const kernel_facts& facts, std::unique_ptr<const desk_maker> maker);
    ~item_stage() override;

    void make_workers(run_core& run) override;
    void add_part(std::string text, const step_options& o) override;

    void step_initialize() override { desks_.front()->step_initialize(); }

    void initialize(std::size_t i) override { desks_[i]->initialize(); }

    void step_shutdown() override { desks_.front()->step_shutdown(); }

    void give_up() noexcept override;
    void work(std::size_t i) override;

    // For desks, around each try of an item:
    /// An item that does not fail needs no more than to be counted: `begin` and `succeeded` may be
    /// left out.
    [[nodiscard]] bool is_plain() const noexcept { return plain_; }

    /// Before a try. Returns whether the item must stay whole for another one.
    bool begin(desk& d, std::uint64_t number, const retry_entry* before);
    void succeeded(desk& d, outcome o);
    /// The call has returned, but too late: whatever it has done is a failed try.
    void timed_out(desk& d, void* cell, retry_entry* before);
    /// The step has called `requeue`.
    void given_back(desk& d, std::uint64_t number, item_box item, time_point due);
    /// In a handler: the try threw. True: the item has waited in the worker's hand, and is to be
    /// tried again now.
    bool threw(desk& d, std::uint64_t number, void* cell, retry_entry* before);

private:
    void furnish(desk& d);
    void loop(desk& d);
    taken wait(desk& d);
    void on_time(desk& d);
    [[nodiscard]] time_point deadline(desk& d) const;
    void flush(desk& d);
    void meta(desk& d);
    void batch(desk& d);
    void again(desk& d);
    void end_try(desk& d, item_outcome o);
    bool settle(desk& d);
    bool send_held(desk& d) noexcept;
    void leave(desk& d);
    void bound_outputs(desk& d);
    bool end_turn(desk& d, bool done);
    bool wait_with_item(desk& d);
    item_outcome contain(desk& d, void* cell, retry_entry* before, std::exception_ptr error);

    runtime& rt() const noexcept { return run_->rt; }

    const kernel_facts facts_;
    const std::unique_ptr<const desk_maker> maker_;
    const bool keep_;                           // items must stay whole for another try
    const bool ordered_;                        // outputs may overtake each other, and must not
    const waiting_place place_;                 // of an item whose step asks for time
    bool plain_ = false;                        // see is_plain
    std::unique_ptr<order_keeper> order_;       // where ordered
    std::vector<std::unique_ptr<desk>> desks_;  // made before the threads start
};

/// In a translation unit of its own: who defines steps need not compile what a stage consists of.
std::unique_ptr<step_core> make_item_stage(std::string name, const step_options& o, edge& in,
                                           edge* to, bool emits, const kernel_facts& facts,
                                           std::unique_ptr<const desk_maker> maker);

}  // namespace paipa::detail
#endif
