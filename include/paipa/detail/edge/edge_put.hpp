#ifndef PAIPA_DETAIL_EDGE_EDGE_PUT_HPP
#define PAIPA_DETAIL_EDGE_EDGE_PUT_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/sync/thread_safety.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// Puts items into an edge from outside of the run. One object for each call.
class edge_put {
public:
    edge_put(edge& to, const call_site& who) noexcept : to_(to), who_(who) {}

    /// Puts as many of `n` items in a row as there is room for, from the first one on. If a
    /// constructor of the item type may throw, it puts one. Items are moved, or copied if they are
    /// constant. Waits until there is room for one, or until the time. Returns how many it has put;
    /// the others are as they were. Throws `closed_error`, with the text of `who()`. `shares`: one
    /// for each item, of its ticket, where tickets travel; an item that was put takes its share.
    template <class T, class Item>
    std::size_t put(Item* items, std::size_t n, time_point until, ticket_share* shares = nullptr) {
        dropped_ = false;
        std::size_t done = 0;
        if constexpr (!slot<T>::is_boxed) {
            static_assert(std::is_nothrow_constructible_v<T, Item&&>);
            done = put_all<T>(items, n, until, shares);
        } else {
            done = put_boxed<T>(static_cast<Item&&>(*items), until, shares);
        }
        if (dropped_ && shares != nullptr) {
            shares->end(final_outcome::dropped);
        }
        return dropped_ ? 1 : done;
    }

private:
    template <class T, class Item>
    std::size_t put_all(Item* items, std::size_t n, time_point until, ticket_share* shares) {
        to_.rt_.point();
        waking_lock lock(to_.rt_, to_.mutex_);
        n = room_for(lock, n, until);
        for (std::size_t i = 0; i < n; ++i) {
            fill_cell<T>(static_cast<slot<T>*>(to_.items_.end()), static_cast<Item&&>(items[i]));
            to_.items_.added(shares == nullptr ? nullptr : shares[i].release());
        }
        if (n > 0) {
            placed(lock, n);
        }
        return n;
    }

    /// The constructor of the item runs without the lock.
    template <class T, class Item>
    std::size_t put_boxed(Item&& item, time_point until, ticket_share* share) {
        if (!reserve(until)) {
            return 0;
        }
        std::optional<slot<T>> boxed;
        try {
            boxed.emplace(std::in_place, std::forward<Item>(item));
        } catch (...) {
            give_place_back();
            throw;
        }
        waking_lock lock(to_.rt_, to_.mutex_);
        if (void* const place = take_place(lock); place != nullptr) {
            std::construct_at(static_cast<slot<T>*>(place), std::move(*boxed));
            to_.items_.added(share == nullptr ? nullptr : share->release());
            placed(lock, 1);
        }
        lock.unlock();  // before an item that came too late is destroyed
        if (share != nullptr) {
            share->end(final_outcome::abandoned);  // where it did not go with the item
        }
        return 1;
    }

    std::size_t room_for(waking_lock& lock, std::size_t n, time_point until)
        PAIPA_REQUIRES(to_.mutex_);
    void placed(waking_lock& lock, std::size_t n) PAIPA_REQUIRES(to_.mutex_);
    bool reserve(time_point until);
    void give_place_back() noexcept;
    void* take_place(waking_lock& lock) noexcept PAIPA_REQUIRES(to_.mutex_);

    edge& to_;
    const call_site& who_;
    bool dropped_ = false;  // by the gate: the first item, which counts as put
};

}  // namespace paipa::detail
#endif
