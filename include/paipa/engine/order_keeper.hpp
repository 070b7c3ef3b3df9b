#ifndef PAIPA_ENGINE_ORDER_KEEPER_HPP
#define PAIPA_ENGINE_ORDER_KEEPER_HPP
#include <paipa/engine/edge.hpp>
#include <paipa/engine/emitter.hpp>
#include <paipa/engine/order.hpp>
#include <paipa/engine/time_sheet.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace paipa::engine {

/// Lets the outputs of an ordered step leave in the order of its inputs; see `order_ring`.
///
/// A worker puts what it has done into the ring; if nobody is handing on, it hands on all that is
/// complete from the head on. One item with very many outputs streams them when its turn has come,
/// instead of keeping them all.
template <class T, class Out>
class order_keeper {
public:
    /// Outputs that a worker keeps of one item before it wants to stream them.
    static constexpr std::size_t stream_from = 64;

    explicit order_keeper(std::size_t window) : ring_(window) { leaving_.reserve(batch); }

    using done_item = std::pair<std::uint64_t, output_list<Out>>;
    using done_items = std::vector<done_item>;

    /// Puts finished items into their places, and hands on what is complete.
    void leave(edge<T>& in, done_items& ready, emitter<Out>& out) {
        bool mine = false;
        in.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
            for (done_item& item : ready) {
                ring_.put(item.first, std::move(item.second));
            }
            mine = collect(head, unfinished, 0);
        });
        ready.clear();
        hand_on(in, out, mine);
    }

    /// Whether item `number` may send directly from now on; its worker then calls `end_turn`. With
    /// `wait` it waits for its turn, which needs every earlier item to be in some worker's hands.
    bool take_turn(edge<T>& in, std::uint64_t number, time_sheet& times, bool wait) {
        return in.wait_for_turn(number, ring_.leaving, times, wait);
    }

    /// `done` false: the item was given back and keeps its place.
    void end_turn(edge<T>& in, emitter<Out>& out, bool done) {
        out.hand_over(false);
        bool mine = false;
        in.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
            head += done ? 1 : 0;
            unfinished -= done ? 1 : 0;
            ring_.leaving = false;
            mine = collect(head, unfinished, 0);
        });
        hand_on(in, out, mine);
    }

    /// When every worker has left: what waited behind an item that never came, or that could not be
    /// handed on. Returns how many items had outputs, which are lost.
    std::size_t give_up(edge<T>& in) noexcept {
        auto [items, with_outputs] = ring_.give_up();
        for (const output_list<Out>& outputs : leaving_) {
            with_outputs += ring_.leaving && outputs.size() > 0 ? 1U : 0U;
        }
        items += ring_.leaving ? leaving_.size() : 0;
        leaving_.clear();
        in.in_order([n = items](std::uint64_t&, std::uint64_t& unfinished) { unfinished -= n; });
        return with_outputs;
    }

private:
    static constexpr std::size_t batch = batch_limit<Out>;

    /// Under the lock: books the `gone` items, and takes the next complete ones. False: there are
    /// none, or another worker is at it.
    bool collect(std::uint64_t& head, std::uint64_t& unfinished, std::size_t gone) {
        if (gone == 0 && ring_.leaving) {
            return false;
        }
        head += gone;
        unfinished -= gone;
        leaving_.clear();
        while (leaving_.size() < batch && ring_.take(head + leaving_.size(), leaving_)) {
        }
        ring_.leaving = !leaving_.empty();
        return ring_.leaving;
    }

    void hand_on(edge<T>& in, emitter<Out>& out, bool mine) {
        while (mine) {
            for (output_list<Out>& outputs : leaving_) {
                outputs.take_all([&out](Out&& item) { out.send(std::move(item)); });
            }
            out.hand_over(false);  // before another worker's outputs can follow
            const std::size_t gone = leaving_.size();
            in.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
                mine = collect(head, unfinished, gone);
            });
        }
    }

    order_ring<Out> ring_;                   // guarded by the mutex of the edge in front
    std::vector<output_list<Out>> leaving_;  // owned by the worker that holds ring_.leaving
};

template <class T>
class order_keeper<T, void> {
public:
    struct done_items {};

    explicit order_keeper(std::size_t) noexcept {}

    std::size_t give_up(edge<T>&) noexcept { return 0; }
};

}  // namespace paipa::engine
#endif
