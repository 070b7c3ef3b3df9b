#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/order_lock.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/order/completion_log.hpp>
#include <paipa/detail/order/resequencer.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace paipa::detail {
namespace {

/// Items that leave between two looks at what else is complete.
constexpr std::size_t batch = 64;

}  // namespace

resequencer::resequencer(edge& in, std::size_t window)
    : in_(in), buffer_(window), leaving_(batch) {}

completion_log& resequencer::log_for(worker_context& core) {
    auto log = std::make_unique<completion_log>();
    completion_log& made = *log;
    const order_lock order(in_);
    logs_.push_back(std::move(log));
    books_ = logs_.size() == 1 ? &core : books_;
    return made;
}

void resequencer::leave(completion_log& completed, output_core& out) {
    bool mine = false;
    in_.point();
    {
        order_lock order(in_);
        completed.empty(buffer_);
        mine = collect(order, 0);
    }
    hand_on(out, mine);
}

/// What was sent before lies in the edge: whoever hands on puts it there before it lets go.
resequencer::pulled resequencer::pull(ring& to, std::size_t room) noexcept {
    pulled all{.outputs = 0, .more = false};
    order_lock order(in_);
    for (const auto& log : logs_) {
        log->put(buffer_);  // for whoever hands on, too
    }
    while (!order.is_somebodys_turn() && all.outputs < room) {
        const auto [outputs, items] = buffer_.take(order.head(), to, room - all.outputs);
        all.outputs += outputs;
        order.leave(items);
        if (items == 0) {
            break;
        }
    }
    if (all.outputs > 0) {
        books_->pulled += all.outputs;
    }
    all.more = order.unfinished() > 0;
    return all;
}

bool resequencer::take_turn(std::uint64_t number, time_sheet& times, bool wait) {
    return in_.wait_for_turn(number, times, wait);
}

void resequencer::end_turn(output_core& out, bool done) {
    out.hand_over(false);
    bool mine = false;
    in_.point();
    {
        order_lock order(in_);
        order.leave(done ? 1 : 0);
        order.set_somebodys_turn(false);
        mine = collect(order, 0);
    }
    hand_on(out, mine);
}

std::size_t resequencer::give_up() noexcept {
    bool left_amid = false;
    in_.point();
    {
        order_lock order(in_);
        left_amid = order.is_somebodys_turn();
        order.set_somebodys_turn(true);  // so nobody pulls any more
        for (const auto& log : logs_) {
            log->empty(buffer_);  // of who threw
        }
    }
    auto [items, with_outputs] = give_up_buffer();
    if (left_amid) {
        for (std::size_t i = 0; i < leaving_now_; ++i) {
            items += leaving_[i].items;
            with_outputs += leaving_[i].items_with_outputs();
            leaving_[i].outputs.clear();
        }
    }
    leaving_now_ = 0;
    in_.point();
    order_lock(in_).give_up(items);
    return with_outputs;
}

/// Under the lock: books the `gone` items, and takes the next complete ones. False: there are none,
/// or another worker is at it.
bool resequencer::collect(order_lock& order, std::size_t gone) noexcept {
    if (gone == 0 && order.is_somebodys_turn()) {
        return false;
    }
    order.leave(gone);
    const std::uint64_t head = order.head();
    leaving_now_ = 0;
    for (std::uint64_t next = head; next - head < batch; ++leaving_now_) {
        const std::size_t items = buffer_.take(next, leaving_[leaving_now_]);
        if (items == 0) {
            break;
        }
        next += items;
    }
    order.set_somebodys_turn(leaving_now_ > 0);
    return leaving_now_ > 0;
}

void resequencer::hand_on(output_core& out, bool mine) {
    while (mine) {
        std::size_t gone = 0;
        for (std::size_t i = 0; i < leaving_now_; ++i) {
            out.send_all(leaving_[i].outputs);
            gone += leaving_[i].items;
        }
        out.hand_over(false);  // before another worker's outputs can follow
        in_.point();
        order_lock order(in_);
        mine = collect(order, gone);
    }
}

}  // namespace paipa::detail
