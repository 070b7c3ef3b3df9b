#ifndef PAIPA_DETAIL_SYNC_WAIT_LIST_HPP
#define PAIPA_DETAIL_SYNC_WAIT_LIST_HPP
#include <paipa/runtime.hpp>

namespace paipa::detail {

/// One thread's place in a `wait_list`; lives on the stack of the thread that waits.
struct waiter {
    explicit waiter(seat& where) noexcept : place(&where) {}

    seat* place;
    waiter* before = nullptr;
    waiter* after = nullptr;
    bool listed = false;  // guarded, like the links, by the mutex that guards the list
};

/// Waiting threads, first come first served. Everything is guarded by the owner's mutex.
///
/// A thread enrols, unlocks, parks, locks, leaves, and tests its condition again. Whoever changes
/// the condition takes waiters off the list under the mutex and unparks them after it (see
/// `waking_lock`): a wake-up between enrolling and parking is stored in the seat.
class wait_list {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

    void add(waiter& w) noexcept {
        w.before = last_;
        w.after = nullptr;
        (last_ != nullptr ? last_->after : first_) = &w;
        last_ = &w;
        w.listed = true;
    }

    void remove(waiter& w) noexcept {
        if (!w.listed) {
            return;
        }
        (w.before != nullptr ? w.before->after : first_) = w.after;
        (w.after != nullptr ? w.after->before : last_) = w.before;
        w.listed = false;
    }

    /// Takes the longest waiting thread off the list; null when nobody waits.
    seat* pop() noexcept {
        waiter* const w = first_;
        if (w == nullptr) {
            return nullptr;
        }
        remove(*w);
        return w->place;
    }

private:
    waiter* first_ = nullptr;
    waiter* last_ = nullptr;
};

}  // namespace paipa::detail
#endif
