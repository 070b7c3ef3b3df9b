#ifndef PAIPA_ENGINE_ITEM_DESK_HPP
#define PAIPA_ENGINE_ITEM_DESK_HPP
#include <paipa/engine/kernel_hooks.hpp>
#include <paipa/engine/order_keeper.hpp>
#include <paipa/engine/pace.hpp>
#include <paipa/engine/stage.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace paipa::engine {

/// One worker's place in an `item_stage`: its kernel, and its notes on the item in hand.
template <class T, class Kernel>
struct item_desk final : stage<T, typename Kernel::output>::station, kernel_hooks<Kernel> {
    using out_type = typename Kernel::output;
    using base = stage<T, out_type>;
    using hooks = kernel_hooks<Kernel>;

    item_desk(base& s, std::size_t i, Kernel k, bool hold)
        : base::station(s, i, false), hooks(std::move(k)), holds(hold) {
        this->bind(this->out, this->core);
    }

    /// What is kept back leaves, too.
    void thread_shutdown() {
        flush();
        hooks::thread_shutdown();
        this->out.hand_over(true);
    }

    void step_shutdown() {
        hooks::step_shutdown();
        this->out.hand_over(true);
    }

    void flush() { hooks::flush(this->out, this->core); }

    pace speed;
    time_point next_idle = never;
    const bool holds;          // outputs are held until the item is settled
    bool streaming = false;    // an ordered item that sends directly, because it is its turn
    std::uint64_t number = 0;  // of the item in hand
    typename order_keeper<T, out_type>::done_items ready;  // ordered: done, not in their places
};

}  // namespace paipa::engine
#endif
