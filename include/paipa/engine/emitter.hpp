#ifndef PAIPA_ENGINE_EMITTER_HPP
#define PAIPA_ENGINE_EMITTER_HPP
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/edge.hpp>
#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/order.hpp>
#include <paipa/engine/worker_core.hpp>

#include <any>
#include <cstddef>
#include <functional>
#include <utility>

namespace paipa::engine {

/// Where a worker's outputs go: straight to the edge behind the step, or into a list first, for
/// steps whose outputs must keep an order or must not leave before their attempt has succeeded.
class emitter_core {
public:
    /// `to` null: nobody wants the outputs; they are counted. `type` null: there are none.
    emitter_core(worker_core& worker, edge* to, const item_type* type, bool hold);

    emitter_core(const emitter_core&) = delete;
    emitter_core& operator=(const emitter_core&) = delete;

    /// From here on readers may look into the box, so it lives until the run is over.
    void open();

    /// Once `in`, the edge in front of the step, is cancelled, nobody wants its outputs any more.
    void stop_with(const edge_core& in) noexcept { in_ = &in; }

    /// Whoever makes outputs without end stops here.
    [[nodiscard]] bool is_over() const noexcept { return in_ != nullptr && in_->is_cancelled(); }

    /// Emissions leave at once from now on, or are kept for `held`.
    void hold(bool on) noexcept {
        holding_ = on;
        direct_ = on ? nullptr : to_;
        overflow_at_ = overflow_every_;
    }

    output_list& held() noexcept { return held_; }

    void send_held() { send_all(held_); }

    /// Sends what is in the list, and empties it.
    void send_all(output_list& outputs);

    /// Hands over what is staged; `release` also gives back slots before the worker waits.
    void hand_over(bool release);
    void push_meta(std::any entry);

    /// Asks `may_send` each time so many outputs are held whether they, and the following ones, may
    /// leave now.
    void on_overflow(std::size_t at, std::function<bool()> may_send);

protected:
    ~emitter_core() = default;

    template <class Out, class U>
    void take(U&& item) {
        if (direct_ != nullptr) [[likely]] {
            direct_->emit<Out>(box_, worker_.times, std::forward<U>(item));
            ++worker_.emitted;
        } else if (holding_) {
            held_.add<Out>(std::forward<U>(item));
            if (held_.size() == overflow_at_) {
                overflow();
            }
        } else {
            ++worker_.emitted;  // nobody wants it
        }
    }

private:
    void overflow();

    worker_core& worker_;
    const edge_core* in_ = nullptr;
    edge* to_;
    edge* direct_;  // where an item goes at once; null: it is held, or nobody wants it
    outbox box_;
    bool holding_;
    output_list held_;
    std::size_t overflow_at_ = 0;  // never reached: the size is at least 1 when compared
    std::size_t overflow_every_ = 0;
    std::function<bool()> may_send_;
};

/// With the type of what it takes; void for a step that returns nothing.
template <class Out>
class emitter final : public emitter_core {
public:
    emitter(worker_core& worker, edge* to, bool hold)
        : emitter_core(worker, to, type_or_none<Out>(), hold) {}

    template <class U>
    void operator()(U&& item) {
        take<Out>(std::forward<U>(item));
    }
};

}  // namespace paipa::engine
#endif
