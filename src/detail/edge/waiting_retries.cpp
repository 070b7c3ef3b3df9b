#include <paipa/detail/edge/waiting_retries.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace paipa::detail {
namespace {

/// Sums of fractions miss a whole number by less than this.
constexpr double rounding = 1e-6;

void push(std::vector<retry_entry>& heap, retry_entry&& entry) noexcept {
    heap.push_back(std::move(entry));  // where there is memory for it
    std::push_heap(heap.begin(), heap.end());
}

retry_entry pop(std::vector<retry_entry>& heap) noexcept {
    std::pop_heap(heap.begin(), heap.end());
    retry_entry earliest = std::move(heap.back());
    heap.pop_back();
    return earliest;
}

void make_room(std::vector<retry_entry>& heap, std::size_t entries) {
    if (heap.capacity() < entries) {
        heap.reserve(std::max(entries, 2 * heap.capacity()));
    }
}

}  // namespace

void waiting_retries::add(retry_entry&& entry) {
    make_room(later_, later_.size() + 1);
    if (has_budget()) {
        make_room(due_, size() + 1);
    }
    entry.age = ++age_;
    push(later_, std::move(entry));
}

std::optional<retry_entry> waiting_retries::take(time_point now, std::uint64_t first_tries,
                                                 bool is_free) {
    if (has_budget()) {
        earn(now, first_tries);
        if (!due_.empty() && pays(due_.front(), now, is_free)) {
            return pop(due_);
        }
    }
    while (!later_.empty() && later_.front().due <= now) {
        retry_entry entry = pop(later_);
        if (pays(entry, now, is_free)) {
            return entry;
        }
        push(due_, std::move(entry));
    }
    return std::nullopt;
}

retry_entry waiting_retries::take_earliest() noexcept {
    return pop(due_.empty() ? later_ : due_);
}

time_point waiting_retries::next() const noexcept {
    const time_point due = later_.empty() ? never : later_.front().due;
    return due_.empty() ? due : std::min(due, later(last_move_, patience));
}

bool waiting_retries::may_go_first(std::uint64_t popped) const noexcept {
    return !due_.empty() || (!later_.empty() && later_.front().note.behind <= popped);
}

bool waiting_retries::is_paid(std::uint64_t first_tries, bool is_free) const noexcept {
    const auto more = static_cast<double>(first_tries - first_tries_);
    return !due_.empty() && (is_free || earned_ + ratio_ * more + rounding >= 1);
}

std::size_t waiting_retries::requeues_in_vain() const noexcept {
    return static_cast<std::size_t>(std::count_if(
        later_.begin(), later_.end(), [](const retry_entry& e) { return e.note.is_in_vain(); }));
}

void waiting_retries::swap(waiting_retries& other) noexcept {
    later_.swap(other.later_);
    due_.swap(other.due_);
}

void waiting_retries::clear() noexcept {
    later_.clear();
    due_.clear();
}

void waiting_retries::earn(time_point now, std::uint64_t first_tries) noexcept {
    const std::uint64_t more = first_tries - std::exchange(first_tries_, first_tries);
    if (more > 0) {
        last_move_ = now;
        earned_ =
            std::min(earned_ + ratio_ * static_cast<double>(more), std::max(1.0, ratio_ * window));
    }
}

/// Whether the entry may go; its cost is booked then.
bool waiting_retries::pays(const retry_entry& entry, time_point now, bool is_free) noexcept {
    if (!has_budget() || entry.why != comes_back::after_a_failure) {
        return true;
    }
    if (earned_ + rounding >= 1) {
        earned_ -= 1;
        return true;
    }
    if (is_free) {
        return true;
    }
    if (now >= later(last_move_, patience)) {
        last_move_ = now;
        return true;
    }
    return false;
}

}  // namespace paipa::detail
