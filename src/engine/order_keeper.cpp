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
            ring_.put(e.number, e.outputs);
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
        items += leaving_now_;
        for (std::size_t i = 0; i < leaving_now_; ++i) {
            with_outputs += leaving_[i].size() > 0 ? 1U : 0U;
            leaving_[i].clear();
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
    std::size_t n = 0;
    while (n < batch && ring_.take(head + n, leaving_[n])) {
        ++n;
    }
    leaving_now_ = n;
    ring_.leaving = n > 0;
    return ring_.leaving;
}

void order_keeper::hand_on(emitter_core& out, bool mine) {
    while (mine) {
        for (std::size_t i = 0; i < leaving_now_; ++i) {
            out.send_all(leaving_[i]);
        }
        out.hand_over(false);  // before another worker's outputs can follow
        const std::size_t gone = leaving_now_;
        in_.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
            mine = collect(head, unfinished, gone);
        });
    }
}

}  // namespace paipa::engine
