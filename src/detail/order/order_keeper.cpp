#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/order/done_shelf.hpp>
#include <paipa/detail/order/order.hpp>
#include <paipa/detail/order/order_keeper.hpp>
#include <paipa/detail/stage/emitter.hpp>
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

order_keeper::order_keeper(edge& in, std::size_t window)
    : in_(in), ring_(window), leaving_(batch) {}

done_shelf& order_keeper::shelf_for(worker_context& core) {
    auto shelf = std::make_unique<done_shelf>();
    done_shelf& made = *shelf;
    in_.in_order_now([&](std::uint64_t&, std::uint64_t&) {
        shelves_.push_back(std::move(shelf));
        books_ = shelves_.size() == 1 ? &core : books_;
    });
    return made;
}

void order_keeper::leave(done_shelf& ready, emitter_core& out) {
    bool mine = false;
    in_.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
        ready.empty(ring_);
        mine = collect(head, unfinished, 0);
    });
    hand_on(out, mine);
}

/// What was sent before lies in the edge: whoever hands on puts it there before it lets go.
order_keeper::pulled order_keeper::pull(ring& to, std::size_t room) noexcept {
    pulled all{.outputs = 0, .more = false};
    in_.in_order_now([&](std::uint64_t& head, std::uint64_t& unfinished) {
        for (const auto& shelf : shelves_) {
            shelf->put(ring_);  // for whoever hands on, too
        }
        while (!ring_.leaving && all.outputs < room) {
            const auto [outputs, items] = ring_.take(head, to, room - all.outputs);
            all.outputs += outputs;
            head += items;
            unfinished -= items;
            if (items == 0) {
                break;
            }
        }
        if (all.outputs > 0) {
            books_->pulled += all.outputs;
        }
        all.more = unfinished > 0;
    });
    return all;
}

bool order_keeper::take_turn(std::uint64_t number, time_sheet& times, bool wait) {
    return in_.wait_for_turn(number, ring_.leaving, times, wait);
}

void order_keeper::end_turn(emitter_core& out, bool done) {
    out.hand_over(false);
    bool mine = false;
    in_.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
        head += done ? 1 : 0;
        unfinished -= done ? 1 : 0;
        ring_.leaving = false;
        mine = collect(head, unfinished, 0);
    });
    hand_on(out, mine);
}

std::size_t order_keeper::give_up() noexcept {
    bool left_amid = false;
    in_.in_order([&](std::uint64_t&, std::uint64_t&) {
        left_amid = std::exchange(ring_.leaving, true);  // so nobody pulls any more
        for (const auto& shelf : shelves_) {
            shelf->empty(ring_);  // of who threw
        }
    });
    auto [items, with_outputs] = ring_.give_up();
    if (left_amid) {
        for (std::size_t i = 0; i < leaving_now_; ++i) {
            items += leaving_[i].items;
            with_outputs += leaving_[i].items_with_outputs();
            leaving_[i].outputs.clear();
        }
    }
    leaving_now_ = 0;
    in_.in_order([n = items](std::uint64_t&, std::uint64_t& unfinished) { unfinished -= n; });
    return with_outputs;
}

/// Under the lock: books the `gone` items, and takes the next complete ones. False: there are none,
/// or another worker is at it.
bool order_keeper::collect(std::uint64_t& head, std::uint64_t& unfinished,
                           std::size_t gone) noexcept {
    if (gone == 0 && ring_.leaving) {
        return false;
    }
    head += gone;
    unfinished -= gone;
    leaving_now_ = 0;
    for (std::uint64_t next = head; next - head < batch; ++leaving_now_) {
        const std::size_t items = ring_.take(next, leaving_[leaving_now_]);
        if (items == 0) {
            break;
        }
        next += items;
    }
    ring_.leaving = leaving_now_ > 0;
    return ring_.leaving;
}

void order_keeper::hand_on(emitter_core& out, bool mine) {
    while (mine) {
        std::size_t gone = 0;
        for (std::size_t i = 0; i < leaving_now_; ++i) {
            out.send_all(leaving_[i].outputs);
            gone += leaving_[i].items;
        }
        out.hand_over(false);  // before another worker's outputs can follow
        in_.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
            mine = collect(head, unfinished, gone);
        });
    }
}

}  // namespace paipa::detail
