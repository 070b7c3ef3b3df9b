#ifndef PAIPA_DETAIL_EDGE_EDGE_HPP
#define PAIPA_DETAIL_EDGE_EDGE_HPP
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/gate.hpp>
#include <paipa/detail/edge/given_up_items.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/inbox_list.hpp>
#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/edge/valve.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paipa::detail {

class edge_put;
class edge_take;
class resequencer;

/// The bounded queue between two steps; see `edge_core` for what is counted.
class edge final : public edge_core {
public:
    edge(runtime& rt, std::string from, std::string to, std::size_t capacity, const item_type& type)
        : edge_core(rt, std::move(from), std::move(to), capacity),
          type_(type),
          items_(type),
          given_up_(type) {}

    [[nodiscard]] const item_type& type() const noexcept { return type_; }

    /// Tickets travel with the items, from the edge's writers to its readers. Before the run.
    void carry_tickets();

    [[nodiscard]] bool carries_tickets() const noexcept { return carries_tickets_; }

    /// Before the run. Null: none. The doors outlive the edge.
    void set_doors(gate* in, valve* out);

    /// A door may answer otherwise now: who waits at it asks again. From any thread.
    void ask_doors_again();

    // Readers
    void add_reader(inbox& in);
    void remove_reader(inbox& in) noexcept;

    /// Reports what is done and takes more: a batch into the inbox, a retry into `in.again`, or a
    /// word on what to do. `wait` false, or the time limit: `taken::nothing`.
    taken take(inbox& in, time_sheet& times, time_point until, bool wait);

    // Writers
    void add_writer(outbox& out);

    /// The step in front by this inlet is ordered: a reader that finds nothing may pull from its
    /// resequencer.
    void add_resequencer(resequencer& r, std::size_t inlet);

    /// Stages some of `n` items in a row, from place `i` on; blocks for room. Returns how many. 0:
    /// the edge is cancelled, and the first item counts as abandoned and stays. Only what comes
    /// before the staging throws. `batch_outputs` does the same for an item that is yet to be made.
    std::size_t emit_items(outbox& out, time_sheet& times, row& from, std::size_t i, std::size_t n);

    /// Hands over what is staged and reserves slots, at least one; blocks for room. False:
    /// cancelled; the item that wanted room, if there is one already, is counted as abandoned.
    bool make_room(outbox& out, time_sheet& times, bool has_item = true);

    /// A reader waits. A stale value costs it a moment, see `outbox`.
    [[nodiscard]] const auto& reader_waiting() const noexcept { return flags_.reader_waiting; }

    /// Hands over what is staged; `release` also gives unused slots back, before the writer waits.
    void hand_over(outbox& out, bool release);

    void cancel(std::string_view why) noexcept override;

    /// Like `cancel`, but what is queued may still be read; a later `cancel` gives that up, too.
    void seal(std::string_view why) noexcept;

    /// Destroys what a cancel gave up. That is user code, so the canceller leaves it to others.
    void drop_given_up() noexcept;

    /// Nobody reads, as long as this is on: a writer that needs room takes queued items and drops
    /// them. They count as popped. Where tickets travel they go at once, as many as there are.
    void drop_instead_of_waiting(bool on) noexcept;

    /// At the end, when nobody writes any more: what is queued counts as popped and is given up.
    void give_up_queue() noexcept;

private:
    friend class edge_put;
    friend class edge_take;

    [[nodiscard]] std::size_t queued() const noexcept PAIPA_REQUIRES(mutex_) override {
        return items_.size();
    }

    void collect_staged() noexcept PAIPA_REQUIRES(mutex_) override;

    [[nodiscard]] bool writers_busy() const noexcept PAIPA_REQUIRES(mutex_) override {
        return reserved_ > 0 || more_to_pull_;
    }

    void pull() noexcept PAIPA_REQUIRES(mutex_) override;
    void collect(outbox& out) noexcept PAIPA_REQUIRES(mutex_);
    std::size_t refuse(outbox& out) noexcept PAIPA_REQUIRES(mutex_);
    void stop(std::string_view why) noexcept PAIPA_REQUIRES(mutex_);
    bool drop_queued(waking_lock& lock) PAIPA_REQUIRES(mutex_);
    void drop_unread(waking_lock& lock) noexcept PAIPA_REQUIRES(mutex_);
    [[nodiscard]] std::size_t slots_for_one_writer(const outbox& out,
                                                   std::size_t room) const noexcept
        PAIPA_REQUIRES(mutex_);
    [[nodiscard]] gate::answer ask_gate() PAIPA_REQUIRES(mutex_);
    void drop_newest(std::size_t items) noexcept PAIPA_REQUIRES(mutex_);

    const item_type& type_;

    /// An ordered step in front.
    struct ordered_step {
        resequencer* order;
        std::size_t inlet;
    };

    std::vector<ordered_step> in_front_;  // constant once the run has started
    bool carries_tickets_ = false;        // likewise

    ring items_ PAIPA_GUARDED_BY(mutex_);                 // with memory for the reserved slots, too
    bool more_to_pull_ PAIPA_GUARDED_BY(mutex_) = false;  // an ordered step has items in hand
    bool writers_drop_ PAIPA_GUARDED_BY(mutex_) = false;  // see `drop_instead_of_waiting`
    bool is_sealed_ PAIPA_GUARDED_BY(mutex_) = false;     // cancelled, but what is queued is read
    given_up_items given_up_ PAIPA_GUARDED_BY(mutex_);
    inbox_list inboxes_ PAIPA_GUARDED_BY(mutex_);             // of running readers
    std::vector<outbox*> outboxes_ PAIPA_GUARDED_BY(mutex_);  // of running writers
};

}  // namespace paipa::detail
#endif
