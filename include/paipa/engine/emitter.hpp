#ifndef PAIPA_ENGINE_EMITTER_HPP
#define PAIPA_ENGINE_EMITTER_HPP
#include <paipa/engine/edge.hpp>
#include <paipa/engine/order.hpp>
#include <paipa/engine/worker_core.hpp>

#include <any>
#include <cstddef>
#include <functional>
#include <utility>

namespace paipa::engine {

/// Where a worker's outputs go: straight to the edge behind the step, or into a list first, for
/// steps whose outputs must keep an order or must not leave before their attempt has succeeded.
template <class Out>
class emitter {
public:
    /// `to` null: nobody wants the outputs; they are counted.
    emitter(worker_core& worker, edge<Out>* to, bool hold)
        : worker_(worker), to_(to), holding_(hold) {}

    /// From here on readers may look into the box, so it lives until the run is over.
    void open() {
        if (to_ != nullptr) {
            to_->add_writer(box_);
        }
    }

    template <class U>
    void operator()(U&& item) {
        if (holding_) {
            held_.add(std::forward<U>(item));
            if (held_.size() == overflow_at_) {
                overflow();
            }
        } else {
            send(std::forward<U>(item));
        }
    }

    template <class U>
    void send(U&& item) {
        if (to_ != nullptr) {
            to_->emit(box_, worker_.times, std::forward<U>(item));
        }
        ++worker_.emitted;
    }

    /// Emissions leave at once from now on, or are kept for `held`.
    void hold(bool on) noexcept {
        holding_ = on;
        overflow_at_ = overflow_every_;
    }

    output_list<Out>& held() noexcept { return held_; }

    void send_held() {
        held_.take_all([this](Out&& item) { send(std::move(item)); });
    }

    /// Hands over what is staged; `release` also gives back slots before the worker waits.
    void hand_over(bool release) {
        if (to_ != nullptr) {
            to_->hand_over(box_, release);
        }
    }

    void push_meta(std::any entry) {
        if (to_ != nullptr) {
            to_->push_meta(std::move(entry));
        }
    }

    void set_hurry(bool on) noexcept { box_.hurry = on; }

    /// Asks `may_send` each time so many outputs are held whether they, and the following ones, may
    /// leave now.
    void on_overflow(std::size_t at, std::function<bool()> may_send) {
        overflow_every_ = overflow_at_ = at;
        may_send_ = std::move(may_send);
    }

private:
    void overflow() {
        overflow_at_ += overflow_every_;
        if (may_send_()) {
            holding_ = false;
            send_held();
        }
    }

    worker_core& worker_;
    edge<Out>* to_;
    outbox<Out> box_;
    bool holding_;
    output_list<Out> held_;
    std::size_t overflow_at_ = 0;  // never reached: the size is at least 1 when compared
    std::size_t overflow_every_ = 0;
    std::function<bool()> may_send_;
};

/// Of a step that returns nothing.
template <>
class emitter<void> {
public:
    emitter(worker_core&, std::nullptr_t, bool) noexcept {}

    void open() noexcept {}

    void hold(bool) noexcept {}

    void send_held() noexcept {}

    void hand_over(bool) noexcept {}

    void push_meta(const std::any&) noexcept {}

    void set_hurry(bool) noexcept {}
};

/// The edge behind a step, or nothing behind one that returns nothing.
template <class Out>
struct edge_to {
    using pointer = edge<Out>*;
};

template <>
struct edge_to<void> {
    using pointer = std::nullptr_t;
};

}  // namespace paipa::engine
#endif
