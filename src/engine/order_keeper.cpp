#include <paipa/engine/edge.hpp>
#include <paipa/engine/emitter.hpp>
#include <paipa/engine/order.hpp>
#include <paipa/engine/order_keeper.hpp>
#include <paipa/engine/time_sheet.hpp>

#include <cstddef>
#include <cstdint>

namespace paipa::engine {
namespace {

/// Items that leave between two looks at what else is complete.
constexpr std::size_t batch = 64;

}  // namespace

order_keeper::order_keeper(edge& in, std::size_t window)
    : in_(in), ring_(window), leaving_(batch) {}

void order_keeper::leave(done_list& ready, emitter_core& out) {
    bool mine = false;
    in_.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
        for (done_list::entry& e : ready) {
            ring_.put(e.number, e.run);
        }
        mine = collect(head, unfinished, 0);
    });
    ready.clear();
    hand_on(out, mine);
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
    auto [items, with_outputs] = ring_.give_up();
    if (ring_.leaving) {
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

}  // namespace paipa::engine
