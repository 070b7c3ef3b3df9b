#ifndef PAIPA_ENGINE_BOXES_HPP
#define PAIPA_ENGINE_BOXES_HPP
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/requeue_note.hpp>
#include <paipa/engine/ring.hpp>
#include <paipa/engine/slot.hpp>
#include <paipa/failure.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <vector>

namespace paipa::engine {

/// Why an item goes to its step once more.
enum class comes_back { after_a_failure, as_it_asked, by_requeue };

/// An item on its way back: its step failed or gave it back. Travels outside of the ring, so items
/// that never fail carry none of this.
struct retry_entry {
    item_box item;
    std::uint64_t sequence;             // position among the items taken from the edge
    unsigned attempt;                   // tries so far
    std::vector<attempt_error> errors;  // one per failed try
    time_point due;
    std::uint64_t age = 0;  // among equal times the older goes first
    requeue_note note{};    // where the step gave it back without a delay
    comes_back why = comes_back::after_a_failure;
    duration waited{};  // in all, because its step threw `retry_after`

    friend bool operator<(const retry_entry& a, const retry_entry& b) noexcept {
        return a.due != b.due ? a.due > b.due : a.age > b.age;  // a heap's top is the earliest
    }
};

/// What a reader has taken and not begun. The owner claims one item after the other without a lock;
/// an idle sibling may take the whole rest under the edge's lock, so that nobody waits behind a
/// slow item. Both claim by a read-modify-write of `next`, so each item goes to exactly one.
class inbox {
public:
    inbox(const item_type& type, bool has_siblings);

    inbox(const inbox&) = delete;
    inbox& operator=(const inbox&) = delete;
    ~inbox();

    /// Makes the next item the taken one. False: the batch is done. Owner only.
    bool take_next() noexcept {
        std::uint32_t i = 0;
        if (shared_) {
            i = next_.fetch_add(1, std::memory_order_relaxed);
        } else {
            i = next_.load(std::memory_order_relaxed);
            next_.store(i + 1, std::memory_order_relaxed);
        }
        taken_ = i;
        return i < end_;
    }

    [[nodiscard]] void* taken() const noexcept { return row_.at(taken_); }

    template <class T>
    [[nodiscard]] slot<T>& taken_as() const noexcept {
        return *std::launder(row_.raw<T>() + taken_);
    }

    /// Destroys the taken item.
    void drop_taken() noexcept { row_.destroy(taken_, 1); }

    /// Under the edge's lock: begins a new batch, whose first item has this sequence number.
    void refill(ring& from, std::size_t items, std::uint64_t base) noexcept;
    /// Under the edge's lock, or by the owner of both: moves the unclaimed rest of `victim` here.
    /// Returns how many.
    std::size_t steal(inbox& victim) noexcept;

    // The owner's notes, handed to the edge with the next `take`; `begun_later` is none, it changes
    // under the edge's lock alone, and thieves change it, too:
    std::size_t want = 1;              // items worth taking at once
    std::size_t done = 0;              // finished since the last take
    std::size_t begun_later = 0;       // this batch's share of the edge's count of that name
    double pull = 0;                   // items in `pace::while_away`, as measured
    bool hurry = false;                // items are fast: who waits yields a little before parking
    bool meets_rows = false;           // the edge's writers hand over rows, not one item at a time
    bool retry_turn = false;           // waiting retries and queued items take turns
    std::uint64_t flushed_for = 0;     // number of the meta entry flushed for
    std::vector<retry_entry> back;     // given back, not yet in the edge
    std::optional<retry_entry> again;  // what `taken::again` brought

private:
    template <class T>
    friend class batch_items;  // the owner's, too

    cell_block row_;
    const bool shared_;
    std::uint32_t end_ = 0;                           // changes under the edge's lock, by the owner
    std::uint32_t taken_ = 0;                         // owner only
    std::uint64_t base_ = 0;                          // changes under the edge's lock, by the owner
    alignas(64) std::atomic<std::uint32_t> next_{0};  // claimed so far
};

/// What a writer has emitted and not handed over. The owner appends without a lock, in slots that
/// it has reserved in the edge; readers that find the edge empty, and the owner when the slots are
/// used up, move the items into the edge under its lock. So an emitted item never waits for its
/// writer, which may be deep in user code.
///
/// The owner's store of `tail` and its look at the edge's `hungry` may pass a reader's store of
/// `hungry` and its look at `tail`; the reader then looks once more a moment later
/// (`edge_core::wait_for_input`), when both stores have long been visible.
class outbox {
public:
    /// `type` null: nothing is ever added.
    explicit outbox(const item_type* type);

    outbox(const outbox&) = delete;
    outbox& operator=(const outbox&) = delete;
    ~outbox();

    [[nodiscard]] bool full() const noexcept {
        return tail_.load(std::memory_order_relaxed) == limit_;
    }

    /// Owner only, when not full: items that lie in cells, which are raw then. Returns how many of
    /// them, at least one.
    std::size_t add_cells(void* cells, std::size_t n) noexcept;

    /// The rest is for the holder of the edge's lock.
    [[nodiscard]] std::size_t staged() const noexcept {
        return tail_.load(std::memory_order_acquire) - head_;
    }

    /// Moves `items` staged ones to the end of `to`, which has room.
    void hand_over(ring& to, std::size_t items) noexcept;

    /// Owner, when the edge is cancelled and nobody else looks.
    void drop(std::size_t items) noexcept;

    /// Owner, under the lock: may hold so many items, those staged included, from now on.
    void reserve(std::size_t slots) noexcept { limit_ = head_ + slots; }

    /// Owner, under the lock: reserved slots, those staged included.
    [[nodiscard]] std::size_t unused() const noexcept { return limit_ - head_; }

    /// How many items have been added, for anybody to read.
    [[nodiscard]] const std::atomic<std::uint64_t>& added() const noexcept { return tail_; }

    /// Items that it can hold.
    [[nodiscard]] std::size_t room() const noexcept { return row_.cells(); }

private:
    template <class Out>
    friend class batch_outputs;  // the owner's

    cell_block row_;
    std::uint64_t head_ = 0;   // first item not handed over; changes under the edge's lock
    std::uint64_t limit_ = 0;  // owner only
    alignas(64) std::atomic<std::uint64_t> tail_{0};  // first free slot; the owner writes
};

}  // namespace paipa::engine
#endif
