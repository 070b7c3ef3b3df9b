#ifndef PAIPA_DETAIL_STAGE_OUTPUT_HPP
#define PAIPA_DETAIL_STAGE_OUTPUT_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>

#include <any>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace paipa::detail {

template <class Out>
class batch_outputs;

/// Where a worker's outputs go: straight to the edge behind the step, or into a list first, for
/// steps whose outputs must keep an order or must not leave before their attempt has succeeded.
class output_core {
public:
    /// Without an edge nobody wants the outputs; they are counted. `type` null: there are none.
    output_core(worker_context& worker, way to, const item_type* type, bool hold);

    output_core(const output_core&) = delete;
    output_core& operator=(const output_core&) = delete;

    /// From here on readers may look into the outbox, so this lives until the run is over.
    void open();

    /// Before `open`: an item has one output at most, so the output takes the item's share.
    void set_one_output() noexcept { one_output_ = true; }

    /// Once `in`, the edge in front of the step, is cancelled, nobody wants its outputs any more.
    void stop_with(const edge_core& in) noexcept { in_ = &in; }

    /// A step that makes outputs without end stops when this is true.
    [[nodiscard]] bool is_over() const noexcept { return in_ != nullptr && in_->is_cancelled(); }

    /// Emissions leave at once from now on, or are kept for `held`.
    void hold(bool on) noexcept {
        holding_ = on;
        direct_ = on || tickets_ != nullptr ? nullptr : to_;
        overflow_at_ = may_send_ ? 1 : 0;
    }

    output_list& held() noexcept { return held_; }

    /// Gives the held outputs shares of the ticket in hand, before they leave. The worker's own
    /// share is one of them, unless the item `comes_back`.
    void give_tickets(bool comes_back) noexcept {
        if (tickets_ != nullptr && held_.size() > 0) {
            share_with_held(comes_back);
        }
    }

    void send_held() { send_all(held_); }

    /// Sends what is in the list, and empties it.
    void send_all(output_list& outputs);

    /// Waits until one more item can be emitted without a wait. False: nobody wants it any more.
    [[nodiscard]] bool make_room();

    /// Hands over what is staged; `release` also gives back slots before the worker waits.
    void hand_over(bool release);

    void push_meta(std::any entry);

    /// Asks `may_send(held)` at the first held output, and each time their number has doubled,
    /// whether they, and the following ones, may leave now.
    void on_overflow(std::function<bool(std::size_t)> may_send);

protected:
    ~output_core();

private:
    template <class Out>
    friend class batch_outputs;

    /// An item that is held, or has to wait for its ticket, or that nobody wants.
    template <class Out, class U>
    [[gnu::noinline]] void keep(U&& item) {
        if (holding_) {
            held_.add<Out>(std::forward<U>(item), outbox_.tickets() != nullptr);
            if (held_.size() == overflow_at_) {
                overflow();
            }
        } else if (tickets_ != nullptr && make_place()) {
            batch_outputs<Out> one(*this);
            one(std::forward<U>(item));
        } else {
            ++worker_.unstaged;  // nobody wants it
        }
    }

    /// Waits for room, and until a ticket can be had. False: nobody wants the item.
    bool make_place();
    [[nodiscard]] final_outcome refused_as() const noexcept;

    void overflow();
    void share_with_held(bool comes_back) noexcept;

    worker_context& worker_;
    const edge_core* in_ = nullptr;
    edge* to_;
    edge* direct_;  // where an item goes at once; null: it is held, or nobody wants it
    outbox outbox_;
    bool holding_;
    bool one_output_ = false;     // constant from `open` on
    ticket** tickets_ = nullptr;  // likewise: where they lie; null: no output gets one
    output_list held_;
    std::size_t overflow_at_ = 0;  // never reached: the size is at least 1 when compared
    std::function<bool(std::size_t)> may_send_;
};

/// Sends some outputs in a row, with the state of an `output` in local variables. An item may be a
/// number of the same type as the fields of the `output`, so a compiler would read those fields
/// again after each item that is stored. All functions are inlined, or the variables would lie in
/// memory. Nothing else touches the `output` while this lives.
template <class Out>
class batch_outputs {
public:
    [[gnu::always_inline]] explicit batch_outputs(output_core& all) noexcept
        : all_(all), worker_(all.worker_), row_(all.outbox_.row_.template raw<Out>()) {
        look();
    }

    batch_outputs(const batch_outputs&) = delete;
    batch_outputs& operator=(const batch_outputs&) = delete;
    ~batch_outputs() = default;

    /// See `edge::emit_items`.
    template <class U>
    [[gnu::always_inline]] void operator()(U&& item) {
        if (tail_ == limit_) [[unlikely]] {
            if (tickets_ != nullptr && tail_ != ticket_limit_ && hand_->is_ready()) {
                send_with_ticket(std::forward<U>(item));
                return;
            }
            if (to_ == nullptr) {
                all_.keep<Out>(std::forward<U>(item));
                look();
                return;
            }
            if (!make_room()) {
                return;
            }
        }
        fill_cell<Out>(row_ + tail_ % batch_limit<Out>, std::forward<U>(item));
        publish(*to_);
    }

    [[nodiscard]] bool is_over() const noexcept { return all_.is_over(); }

private:
    /// Where tickets travel `limit_` is always `tail_`, so each item comes here. Elsewhere no item
    /// pays for the question.
    template <class U>
    [[gnu::always_inline]] void send_with_ticket(U&& item) {
        const std::size_t at = tail_ % batch_limit<Out>;
        fill_cell<Out>(row_ + at, std::forward<U>(item));
        tickets_[at] = hand_->share_for_output(all_.one_output_);
        publish(*all_.to_);
        limit_ = tail_;
    }

    [[gnu::always_inline]] void publish(edge& to) {
        // pairs with the acquire in outbox::staged()
        all_.outbox_.tail_.store(++tail_, std::memory_order_release);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // the compiler keeps this order
        if (to.reader_waiting().load(std::memory_order_relaxed)) [[unlikely]] {
            hand_over(to);
        }
    }

    [[gnu::always_inline]] bool make_room() {
        const bool room = to_->make_room(all_.outbox_, worker_.times);
        look();
        if (!room) {
            ++worker_.unstaged;
        }
        return room;
    }

    [[gnu::always_inline]] void hand_over(edge& to) {
        to.hand_over(all_.outbox_, false);
        look();
    }

    [[gnu::always_inline]] void look() noexcept {
        to_ = all_.direct_;
        tail_ = all_.outbox_.tail_.load(std::memory_order_relaxed);
        limit_ = all_.outbox_.limit_;
        if (to_ == nullptr) [[unlikely]] {
            tickets_ = all_.holding_ ? nullptr : all_.tickets_;
            ticket_limit_ = limit_;
            hand_ = worker_.hand;
            limit_ = tail_;
        }
    }

    output_core& all_;
    worker_context& worker_;
    edge* to_ = nullptr;  // null: each item is kept
    slot<Out>* const row_;
    std::uint64_t tail_ = 0;
    std::uint64_t limit_ = 0;
    ticket** tickets_ = nullptr;  // null: this item gets none
    std::uint64_t ticket_limit_ = 0;
    ticket_in_hand* hand_ = nullptr;
};

/// The output of a worker whose step returns `Out`; void for a step that returns nothing.
template <class Out>
class output final : public output_core {
public:
    output(worker_context& worker, way to, bool hold)
        : output_core(worker, to, type_or_none<Out>(), hold) {}

    output(worker_context& worker, edge* to, bool hold) : output(worker, way{.to = to}, hold) {}

    template <class U>
    void operator()(U&& item) {
        batch_outputs<Out> one(*this);
        one(std::forward<U>(item));
    }
};

}  // namespace paipa::detail
#endif
