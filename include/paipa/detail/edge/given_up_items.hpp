#ifndef PAIPA_DETAIL_EDGE_GIVEN_UP_ITEMS_HPP
#define PAIPA_DETAIL_EDGE_GIVEN_UP_ITEMS_HPP
#include <paipa/detail/edge/meta_entries.hpp>
#include <paipa/detail/edge/waiting_retries.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

namespace paipa::detail {

/// The items, retries and meta entries of an edge that was cancelled. Their destructors are user
/// code, so they are destroyed later, and without the edge's mutex.
class given_up_items {
public:
    explicit given_up_items(const item_type& type) : items_(type), unread_(type) {}

    given_up_items(const given_up_items&) = delete;
    given_up_items& operator=(const given_up_items&) = delete;

    ~given_up_items() { unread_.drop(final_outcome::delivered); }

    /// An edge that is cancelled takes nothing more, so each of these has something once at most.
    void take(ring& items) noexcept {
        if (items.size() > 0) {
            items_.swap(items);
        }
    }

    /// Results that nobody has read: all steps have done with them.
    void take_unread(ring& items) noexcept {
        if (items.size() > 0) {
            unread_.swap(items);
        }
    }

    void take(meta_entries& entries) noexcept {
        if (!entries.empty()) {
            entries_.swap(entries);
        }
    }

    void take(waiting_retries& retries) noexcept { retries_.swap(retries); }

    void swap(given_up_items& other) noexcept {
        items_.swap(other.items_);
        unread_.swap(other.unread_);
        entries_.swap(other.entries_);
        retries_.swap(other.retries_);
    }

private:
    ring items_;
    ring unread_;
    meta_entries entries_;
    waiting_retries retries_;
};

}  // namespace paipa::detail
#endif
