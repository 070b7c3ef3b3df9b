#ifndef PAIPA_DETAIL_STAGE_ITEM_STAGE_WORKER_HPP
#define PAIPA_DETAIL_STAGE_ITEM_STAGE_WORKER_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/time.hpp>

#include <any>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace paipa::detail {

class completion_log;
class edge_core;
class item_stage;

/// An item that its step has given back, and when it is due; or none.
struct given_item {
    item_box* item = nullptr;
    time_point due{};
};

/// One worker of an `item_stage`, with its notes on the item in hand. `typed_item_worker` has the
/// kernel; the hooks run user code.
class item_stage_worker : public stage_worker {
public:
    item_stage_worker(item_stage& s, std::size_t i);
    virtual ~item_stage_worker();

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

    // Of a step that holds items, see `kernel_facts::holds_items`:
    /// Settles what has been done since the last call. Called before the worker takes more, and
    /// after a poke.
    virtual void go_on() {}

    /// The input was cancelled: waits for what is held, and counts it as abandoned.
    virtual void let_go() {}

    time_point next_idle = never;
    bool holds_outputs = false;           // until the item is settled
    bool streaming = false;               // an ordered item sends directly: it is its turn
    attempt tried{};                      // the try in hand
    requeue_note note{};                  // of an item that the step had given back
    completion_log* completed = nullptr;  // where ordered: done, not yet in the buffer
    std::optional<item_clock> clock;      // where the step has `item_timeout`

protected:
    // The worker knows its stage by these functions alone, so a program that defines steps does not
    // compile `item_stage`, which says what they do.
    [[nodiscard]] bool is_plain() const noexcept;
    [[nodiscard]] const edge_core& input() const noexcept;
    [[nodiscard]] way to() const noexcept;
    bool try_begins();
    /// The two halves of `try_begins`, of an item that is held in between: trackers hear of it, and
    /// its outputs may come.
    void try_starts();
    bool try_goes_on();

    bool try_ended(call_end&& end, void* cell, given_item given) {
        if (end.discards_outputs() || given.item != nullptr) [[unlikely]] {
            return try_settled(std::move(end), cell, given);
        }
        try_succeeded(end.result);
        return false;
    }

private:
    void try_succeeded(outcome o);
    bool try_settled(call_end end, void* cell, given_item given);

    item_stage& stage_;
};

/// Makes the workers of an `item_stage`.
class item_worker_maker {
public:
    virtual ~item_worker_maker();
    [[nodiscard]] virtual std::unique_ptr<item_stage_worker> make(item_stage& s,
                                                                  std::size_t worker) const = 0;
};

}  // namespace paipa::detail
#endif
