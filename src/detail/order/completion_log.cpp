#include <paipa/detail/order/completion_log.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/order/reorder_buffer.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace paipa::detail {

void completion_log::add(std::uint64_t number, output_list& outputs, bool joins) {
    run* open = &runs_[closed_];
    const bool follows = joins && number == open->number + open->all.items &&
                         open->all.items < run_limit && open->all.outputs.has_room_for(outputs);
    if (open->all.items > 0 && !follows) {
        close();
        open = &runs_[closed_];
    }
    if (joins) {
        open->all.outputs.append(outputs);
    } else {
        open->all.outputs.swap(outputs);
    }
    if (open->all.items == 0) {
        open->number = number;
    }
    ++open->all.items;
    if (!joins) {
        close();
        return;
    }
    logged_.store({.closed = closed_,
                   .items = static_cast<std::uint16_t>(open->all.items),
                   .outputs = static_cast<std::uint32_t>(open->all.outputs.size())},
                  std::memory_order_release);
}

void completion_log::close() noexcept {
    ++closed_;
    logged_.store({.closed = closed_, .items = 0, .outputs = 0}, std::memory_order_release);
}

void completion_log::put(reorder_buffer& buffer) noexcept {
    const extent now = logged_.load(std::memory_order_acquire);
    while (put_.closed < now.closed) {
        put_closed(buffer);
    }
    if (now.items == put_.items) {
        return;
    }
    run& open = runs_[now.closed];
    if (now.outputs > put_.outputs) {  // else the owner may be allocating their memory
        try {
            part_.outputs.append_part(open.all.outputs, put_.outputs, now.outputs);
        } catch (const std::bad_alloc&) {
            return;
        }
    }
    part_.items = std::size_t{now.items} - put_.items;
    buffer.put(open.number + put_.items, part_);
    put_ = now;
}

/// The first run that is not yet put.
void completion_log::put_closed(reorder_buffer& buffer) noexcept {
    run& r = runs_[put_.closed];
    r.all.outputs.forget(put_.outputs);
    r.all.items -= put_.items;
    if (r.all.items > 0) {
        buffer.put(r.number + put_.items, r.all);
    }
    put_ = {.closed = static_cast<std::uint16_t>(put_.closed + 1), .items = 0, .outputs = 0};
}

void completion_log::empty(reorder_buffer& buffer) noexcept {
    if (runs_[closed_].all.items > 0) {
        close();
    }
    put(buffer);
    closed_ = 0;
    put_ = {};
    logged_.store(extent{}, std::memory_order_relaxed);
}

}  // namespace paipa::detail
