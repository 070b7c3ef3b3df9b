#ifndef PAIPA_DETAIL_ORDER_RESEQUENCER_HPP
#define PAIPA_DETAIL_ORDER_RESEQUENCER_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/order_lock.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/order/completion_log.hpp>
#include <paipa/detail/order/reorder_buffer.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/thread_safety.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace paipa::detail {

/// Lets the outputs of an ordered step leave in the order of its inputs; see `reorder_buffer`.
///
/// A worker moves its completion log into the reorder buffer; if nobody is handing on, it hands on
/// all that is complete from the head on. A reader behind the step that finds nothing does both for
/// workers that are deep in user code. One item with very many outputs streams them when its turn
/// has come, instead of keeping them all.
class resequencer {
public:
    /// Outputs that a worker keeps of one item before it wants to stream them.
    static constexpr std::size_t stream_from = 64;

    /// `in` is the edge in front of the step; its mutex guards the buffer.
    resequencer(edge& in, std::size_t window);

    /// The edge in front of the step.
    [[nodiscard]] edge& in() const noexcept { return in_; }

    /// For a worker of the step. The first one's books count what is pulled.
    completion_log& log_for(worker_context& core);
    /// Puts finished items into their places, and hands on what is complete.
    void leave(completion_log& completed, output_core& out);

    struct pulled {
        std::size_t outputs;
        bool more;  // workers have items in hand, so there may be more at any moment
    };

    /// For a reader behind the step, under the mutex of its edge: moves what is complete, at most
    /// `room` outputs, to the end of `to`, which has memory for them.
    pulled pull(ring& to, std::size_t room) noexcept;
    /// Whether item `number` may send directly from now on; its worker then calls `end_turn`. With
    /// `wait` it waits for its turn, which needs every earlier item to be in some worker's hands.
    bool take_turn(std::uint64_t number, time_sheet& times, bool wait);
    /// `done` false: the item was given back and keeps its place.
    void end_turn(output_core& out, bool done);
    /// When every worker has left: what waited behind an item that never came, or that could not be
    /// handed on. Returns how many items had outputs, which are lost.
    std::size_t give_up() noexcept;

private:
    bool collect(order_lock& order, std::size_t gone) noexcept PAIPA_REQUIRES(in_.guard());
    void hand_on(output_core& out, bool mine);

    // It destroys items, so it runs without the mutex. Nobody uses the buffer any more: all logs
    // are empty, and it is somebody's turn.
    auto give_up_buffer() noexcept PAIPA_NO_THREAD_SAFETY_ANALYSIS { return buffer_.give_up(); }

    edge& in_;
    std::vector<std::unique_ptr<completion_log>> logs_ PAIPA_GUARDED_BY(in_.guard());
    worker_context* books_ PAIPA_GUARDED_BY(in_.guard()) = nullptr;
    reorder_buffer buffer_ PAIPA_GUARDED_BY(in_.guard());

    std::vector<output_run> leaving_;  // owned, like the next, by the worker whose turn it is
    std::size_t leaving_now_ = 0;      // the first so many leave
};

}  // namespace paipa::detail
#endif
