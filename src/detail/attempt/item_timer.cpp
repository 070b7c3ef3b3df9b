#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>

namespace paipa::detail {

void item_timer::run() noexcept {
    seat_.store(&rt_.here());
    while (!over_.load()) {
        next_.store(never);
        rt_.point();
        const time_point next = look();
        rt_.point();
        next_.store(next);
        rt_.park(next);
    }
}

time_point item_timer::look() noexcept {
    const time_point now = rt_.now();
    time_point next = never;
    for (item_clock* const clock : clocks_) {
        next = std::min(next, clock->look(now));
    }
    return next;
}

void item_timer::stop() noexcept {
    over_.store(true);
    wake();
}

void item_timer::wake() noexcept {
    if (seat* const place = seat_.load(); place != nullptr) {
        rt_.unpark(*place);
    }
}

}  // namespace paipa::detail
