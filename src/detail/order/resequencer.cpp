#include <paipa/detail/edge/edge.hpp>
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
    in_.in_order_now([&](std::uint64_t&, std::uint64_t&) {
        logs_.push_back(std::move(log));
        books_ = logs_.size() == 1 ? &core : books_;
    });
    return made;
}

void resequencer::leave(completion_log& completed, output_core& out) {
    bool mine = false;
    in_.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
        completed.empty(buffer_);
        mine = collect(head, unfinished, 0);
    });
    hand_on(out, mine);
}

/// What was sent before lies in the edge: whoever hands on puts it there before it lets go.
resequencer::pulled resequencer::pull(ring& to, std::size_t room) noexcept {
    pulled all{.outputs = 0, .more = false};
    in_.in_order_now([&](std::uint64_t& head, std::uint64_t& unfinished) {
        for (const auto& log : logs_) {
            log->put(buffer_);  // for whoever hands on, too
        }
        while (!buffer_.leaving && all.outputs < room) {
            const auto [outputs, items] = buffer_.take(head, to, room - all.outputs);
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

bool resequencer::take_turn(std::uint64_t number, time_sheet& times, bool wait) {
    return in_.wait_for_turn(number, buffer_.leaving, times, wait);
}

void resequencer::end_turn(output_core& out, bool done) {
    out.hand_over(false);
    bool mine = false;
    in_.in_order([&](std::uint64_t& head, std::uint64_t& unfinished) {
        head += done ? 1 : 0;
        unfinished -= done ? 1 : 0;
        buffer_.leaving = false;
        mine = collect(head, unfinished, 0);
    });
    hand_on(out, mine);
}

std::size_t resequencer::give_up() noexcept {
    bool left_amid = false;
    in_.in_order([&](std::uint64_t&, std::uint64_t&) {
        left_amid = std::exchange(buffer_.leaving, true);  // so nobody pulls any more
        for (const auto& log : logs_) {
            log->empty(buffer_);  // of who threw
        }
    });
    auto [items, with_outputs] = buffer_.give_up();
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
bool resequencer::collect(std::uint64_t& head, std::uint64_t& unfinished,
                          std::size_t gone) noexcept {
    if (gone == 0 && buffer_.leaving) {
        return false;
    }
    head += gone;
    unfinished -= gone;
    leaving_now_ = 0;
    for (std::uint64_t next = head; next - head < batch; ++leaving_now_) {
        const std::size_t items = buffer_.take(next, leaving_[leaving_now_]);
        if (items == 0) {
            break;
        }
        next += items;
    }
    buffer_.leaving = leaving_now_ > 0;
    return buffer_.leaving;
}

void resequencer::hand_on(output_core& out, bool mine) {
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
