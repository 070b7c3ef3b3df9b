#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <bit>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace paipa::detail {
namespace {

/// Where items take less than a wake-up, whoever opens lets others run: many places are free then,
/// and not just one.
constexpr int yields_before_parking = 8;

/// Far longer than a store needs to become visible.
constexpr duration second_look = std::chrono::microseconds{100};

}  // namespace

window::window(runtime& rt, std::size_t places, std::function<void(const ticket&)> on_end)
    : rt_(rt),
      mask_(std::bit_ceil(places) - 1),
      places_(std::make_unique<ticket[]>(mask_ + 1)),
      on_end_(std::move(on_end)) {
    for (std::size_t i = 0; i <= mask_; ++i) {
        places_[i].window_ = this;
    }
}

window::~window() {
    assert(is_empty());
}

void window::wait_for_place() {
    for (int i = 0; i < yields_before_parking && !has_place(); ++i) {
        rt_.yield();
    }
    rt_.point();
    waking_lock lock(rt_, mutex_);
    wanted_.store(&place_of(opened_.load(std::memory_order_relaxed)));
    time_point until = later(rt_.now(), second_look);
    while (!has_place()) {
        lock.wait(waiters_, until);
        until = rt_.now() < until ? until : never;
    }
    wanted_.store(nullptr);
}

void window::cancel() noexcept {
    cancelled_.store(true);
    wake();
}

std::uint64_t window::head() const noexcept {
    const std::uint64_t opened = opened_.load(std::memory_order_acquire);
    std::uint64_t number = opened > mask_ ? opened - mask_ - 1 : 0;
    while (number < opened) {
        const ticket& t = place_of(number);
        if (t.shares_.load() != 0 && t.number() == number) {
            break;
        }
        ++number;
    }
    return number;
}

void window::end(ticket& t) noexcept {
    lock_order_check::none_is_held();
    rt_.point();
    if (on_end_) {
        on_end_(t);
    }
    t.shares_.store(0, std::memory_order_release);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the compiler keeps this order
    if (wanted_.load() == &t) [[unlikely]] {
        wake();
    }
}

void window::wake() noexcept {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    lock.wake_all(waiters_);
}

}  // namespace paipa::detail
