#ifndef PAIPA_DETAIL_EDGE_ORDER_LOCK_HPP
#define PAIPA_DETAIL_EDGE_ORDER_LOCK_HPP
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/sync/thread_safety.hpp>
#include <paipa/detail/sync/waking_lock.hpp>

#include <cstddef>
#include <cstdint>

namespace paipa::detail {

/// Holds the mutex for the ordered step behind the edge, which keeps the outputs of its items
/// until they may leave. When it is given up, the edge wakes whoever waited for what has left.
class PAIPA_SCOPED_CAPABILITY order_lock {
public:
    /// The caller may hold the mutex of the edge behind the step.
    explicit order_lock(edge_core& in) PAIPA_ACQUIRE(in.mutex_)
        : in_(in), lock_(in.rt_, in.mutex_) {}

    order_lock(const order_lock&) = delete;
    order_lock& operator=(const order_lock&) = delete;

    ~order_lock() PAIPA_RELEASE() {
        if (has_left_) {
            wake_others();
        }
    }

    /// The first item whose outputs have not left.
    [[nodiscard]] std::uint64_t head() const noexcept {
        is_held();
        return in_.head_;
    }

    /// Items that were taken and have not left.
    [[nodiscard]] std::uint64_t unfinished() const noexcept {
        is_held();
        return in_.unfinished_;
    }

    /// So many items have left, from the head on.
    void leave(std::size_t items) noexcept {
        is_held();
        in_.head_ += items;
        give_up(items);
    }

    /// At the end: so many items will never leave.
    void give_up(std::size_t items) noexcept {
        is_held();
        in_.unfinished_ -= items;
        has_left_ = has_left_ || items > 0;
    }

    /// One worker at a time hands outputs on: the one whose turn it is.
    [[nodiscard]] bool is_somebodys_turn() const noexcept {
        is_held();
        return in_.somebodys_turn_;
    }

    void set_somebodys_turn(bool on) noexcept {
        is_held();
        in_.somebodys_turn_ = on;
    }

private:
    void is_held() const noexcept PAIPA_ASSERT_CAPABILITY(in_.mutex_) {}

    void wake_others() noexcept;

    edge_core& in_;
    waking_lock lock_;
    bool has_left_ = false;  // some item
};

}  // namespace paipa::detail
#endif
