#ifndef PAIPA_DETAIL_STAGE_ITEM_STAGE_WORKER_HPP
#define PAIPA_DETAIL_STAGE_ITEM_STAGE_WORKER_HPP
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/batch_sizer.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/time.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace paipa::detail {

class completion_log;
class edge;
class edge_core;
class item_stage;

/// How an item has waited in its worker's hand, because its step asked for that.
struct wait_in_hand {
    std::uint64_t number = ~std::uint64_t{0};  // of the item
    duration total{};
    time_point until{};
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

    batch_sizer sizer;
    time_point next_idle = never;
    bool holds = false;        // outputs are held until the item is settled
    bool streaming = false;    // an ordered item that sends directly, because it is its turn
    std::uint64_t number = 0;  // of the item in hand
    wait_in_hand waited{};
    requeue_note note{};                  // of an item that the step had given back
    completion_log* completed = nullptr;  // where ordered: done, not yet in the buffer
    std::optional<item_clock> clock;      // where the step has `item_timeout`

protected:
    // The worker knows its stage by these functions alone, so a program that defines steps does not
    // compile `item_stage`, which says what they do.
    [[nodiscard]] bool is_plain() const noexcept;
    [[nodiscard]] const edge_core& input() const noexcept;
    [[nodiscard]] edge* to() const noexcept;
    bool try_begins(std::uint64_t place, const retry_entry* before);
    void try_succeeded(outcome o);
    void try_timed_out(void* cell, retry_entry* before);
    void try_given_back(std::uint64_t place, item_box item, time_point due);
    bool try_threw(std::uint64_t place, void* cell, retry_entry* before);

private:
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
