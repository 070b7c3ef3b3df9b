#ifndef PAIPA_ENGINE_ITEM_DESK_HPP
#define PAIPA_ENGINE_ITEM_DESK_HPP
#include <paipa/engine/emitter.hpp>
#include <paipa/engine/order_keeper.hpp>
#include <paipa/engine/pace.hpp>
#include <paipa/engine/stage.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace paipa::engine {

/// One worker's place in an `item_stage`: its kernel, with a call for each hook whether the kernel
/// has it or not, and its notes on the item in hand.
template <class T, class Kernel>
struct item_desk final : stage<T, typename Kernel::output>::station {
    using out_type = typename Kernel::output;
    using base = stage<T, out_type>;

    item_desk(base& s, std::size_t i, Kernel k, bool hold)
        : base::station(s, i, false), kernel(std::move(k)), holds(hold) {
        if constexpr (gives_back) {
            kernel.bind(this->out, this->core);
        }
    }

    /// A class step's worker can give its item back.
    static constexpr bool gives_back = requires(Kernel& k) { k.given_back(); };
    static constexpr bool flushes = requires(Kernel& k, emitter<out_type>& e) { k.flush(e); };
    static constexpr bool has_idle = [] {
        if constexpr (requires { Kernel::has_idle; }) {
            return Kernel::has_idle;
        } else {
            return false;
        }
    }();

    void step_initialize() {
        if constexpr (requires { kernel.step_initialize(); }) {
            kernel.step_initialize();
        }
    }

    void initialize() {
        if constexpr (requires { kernel.initialize(); }) {
            kernel.initialize();
        }
    }

    void thread_initialize() {
        if constexpr (requires { kernel.thread_initialize(); }) {
            kernel.thread_initialize();
        }
    }

    /// What is kept back leaves, too.
    void thread_shutdown() {
        flush();
        if constexpr (requires { kernel.thread_shutdown(); }) {
            kernel.thread_shutdown();
        }
        this->out.hand_over(true);
    }

    void step_shutdown() {
        if constexpr (requires { kernel.step_shutdown(); }) {
            kernel.step_shutdown();
        }
        this->out.hand_over(true);
    }

    void idle() {
        if constexpr (has_idle) {
            kernel.idle();
        }
    }

    void meta(std::any entry) {
        if constexpr (requires { kernel.meta(std::move(entry)); }) {
            entry = kernel.meta(std::move(entry));
        }
        this->out.push_meta(std::move(entry));
    }

    void flush() {
        if constexpr (flushes) {
            kernel.flush(this->out);
            note_kept();
        }
    }

    /// When what is kept back has to leave.
    time_point deadline(runtime& rt) {
        if constexpr (requires { kernel.deadline(time_point{}); }) {
            return kernel.deadline(rt.now());
        } else {
            return never;
        }
    }

    /// What a chunk keeps back is processed, but has not left.
    void note_kept() noexcept {
        if constexpr (requires { kernel.kept(); }) {
            this->core.kept.set(kernel.kept());
        }
    }

    Kernel kernel;
    pace speed;
    time_point next_idle = never;
    const bool holds;          // outputs are held until the item is settled
    bool streaming = false;    // an ordered item that sends directly, because it is its turn
    std::uint64_t number = 0;  // of the item in hand
    typename order_keeper<T, out_type>::done_items ready;  // ordered: done, not in their places
};

}  // namespace paipa::engine
#endif
