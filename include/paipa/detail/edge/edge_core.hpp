#ifndef PAIPA_DETAIL_EDGE_EDGE_CORE_HPP
#define PAIPA_DETAIL_EDGE_EDGE_CORE_HPP
#include <paipa/detail/edge/doors.hpp>
#include <paipa/detail/edge/edge_bound.hpp>
#include <paipa/detail/edge/inlets.hpp>
#include <paipa/detail/edge/meta_entries.hpp>
#include <paipa/detail/edge/reader_watch.hpp>
#include <paipa/detail/edge/waiting_retries.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <any>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace paipa::detail {

class inbox;

/// Where a call comes from, for the text of an error.
using call_site = std::function<std::string()>;

/// What `edge::take` brings.
enum class taken { nothing, items, again, meta, flush, end, cancelled };

/// The half of an edge that does not depend on the item type: counting, closing, waiting.
///
/// Every number is guarded by one mutex. `occupied()` counts what the edge holds against its
/// capacity: queued items, waiting retries, items in a reader's batch that it has not begun, items
/// that readers hold and finish later, and the slots that writers have reserved (they stage items
/// without the lock, see `outbox`).
/// `unfinished_` counts what readers took and have not reported done; the input has ended when the
/// edge is closed, empty, and nothing is unfinished that might come back. A meta entry has a
/// position among the pushed items; items behind it wait until it has passed.
class edge_core {
public:
    /// How often who waits lets others run before it parks, where items take less than a wake-up.
    static constexpr int yields_before_parking = 8;
    static constexpr std::size_t any_room = 1;
    static constexpr std::size_t half_empty = std::numeric_limits<std::size_t>::max();

    edge_core(runtime& rt, std::string from, std::string to, std::size_t capacity)
        : rt_(rt), from_(std::move(from)), to_(std::move(to)), bound_(capacity) {}

    edge_core(const edge_core&) = delete;
    edge_core& operator=(const edge_core&) = delete;
    virtual ~edge_core() = default;

    /// One more way into the edge, from a step of this name. An edge that was made without a name
    /// in front takes it as its first way. Before the run. Returns the number of the inlet.
    std::size_t add_inlet(const std::string& from);

    [[nodiscard]] bool has_several_inlets() {
        const mutex_lock lock(mutex_);
        return inlets_.are_several();
    }

    /// No more input, of an edge with one inlet. What is inside is still handed out. Idempotent.
    void close(std::string_view why);

    /// No more input by this way. The last one closes the edge.
    void close_inlet(std::size_t inlet);

    /// Stops the edge: what it holds is abandoned, pushes are refused, every wait ends. Idempotent.
    virtual void cancel(std::string_view why) noexcept = 0;

    /// Before the run starts items may exceed the capacity; from here on they wait for room.
    void start_bounds();

    [[nodiscard]] bool is_cancelled() const noexcept {
        return flags_.cancelled.load(std::memory_order_relaxed);
    }

    [[nodiscard]] bool is_closed();
    /// Puts a meta entry behind the items that have come by this inlet. An edge with several inlets
    /// passes the entry on when it has come by all that are open, see `inlets`. Blocks while an
    /// earlier entry holds this inlet.
    void push_meta(std::any entry, std::size_t inlet = 0, time_sheet* times = nullptr);
    /// The entry that `taken::meta` announced. It holds back the items behind it until it has left
    /// the step, see `meta_passed`.
    std::any take_meta();
    void meta_passed();

    [[nodiscard]] edge_report figures();
    /// Unfinished items at this moment: in process, kept back or waiting for a retry.
    [[nodiscard]] std::uint64_t unfinished();
    /// Notes that an item is given back without a delay.
    void note_requeue(requeue_note& note);
    /// Before the run: how many retries the first tries bear.
    void set_retry_budget(const retry_budget& budget);

    struct retry_figures {
        std::size_t waiting;      // items that wait for their next try
        std::size_t in_vain;      // given back again and again, while nothing else happens
        std::uint64_t abandoned;  // that `cancel` threw away while they waited
    };

    [[nodiscard]] retry_figures retries();

    [[nodiscard]] const std::string& to() const noexcept { return to_; }

    /// Readers flush what they keep back before a meta entry passes them: items or reserved slots.
    void set_readers_flush() noexcept { readers_flush_ = true; }

    /// No item that was taken enters the edge again, except those for which the step throws
    /// `retry_after`, and the worker that gave such an item back takes it again. So no reader has
    /// to wait for items that are still in process.
    void set_no_reentry() noexcept { no_reentry_ = true; }

    void set_window(std::size_t items) noexcept { window_ = items; }

    /// From here on the bound follows the readers.
    void follow_readers(edge_bound::rule r) {
        const mutex_lock lock(mutex_);
        bound_.follow(r);
    }

    /// Items also come by `put`: a source that reserves slots leaves room for them.
    void set_intake() noexcept { is_intake_ = true; }

    /// A scheduling point of a simulation, before an `order_lock`.
    void point() { rt_.point(); }

    /// Takes the turn for the caller, when all items before `number` have left and nobody has it.
    /// False: the edge was cancelled, or `wait` is false and the caller would have to wait.
    bool wait_for_turn(std::uint64_t number, time_sheet& times, bool wait);

    /// The mutex, for the attributes of what an `order_lock` guards. It is never called.
    [[nodiscard]] mutex& guard() PAIPA_RETURN_CAPABILITY(mutex_);

protected:
    friend class order_lock;
    [[nodiscard]] virtual std::size_t queued() const noexcept PAIPA_REQUIRES(mutex_) = 0;
    virtual void collect_staged() noexcept PAIPA_REQUIRES(mutex_) = 0;
    /// Takes what an ordered step in front has done, if nothing is queued.
    virtual void pull() noexcept PAIPA_REQUIRES(mutex_) = 0;
    /// Whether a writer may stage, or have staged, an item at this moment.
    [[nodiscard]] virtual bool writers_busy() const noexcept PAIPA_REQUIRES(mutex_) = 0;

    [[nodiscard]] std::size_t occupied() const noexcept PAIPA_REQUIRES(mutex_) {
        return queued() + retries_.size() + begun_later_ + held_ + reserved_;
    }

    /// Room for new items. Waiting retries and reserved slots count against the capacity, but not
    /// against a smaller bound: a few retries must not hold up all other items, and a bound that
    /// falls may fall below what writers reserved before, who may wait for each other. Beyond the
    /// bound there are so at most the slots that other writers have reserved.
    [[nodiscard]] std::size_t free_slots() const noexcept PAIPA_REQUIRES(mutex_) {
        const std::size_t used = queued() + begun_later_ + held_ + arriving_;
        const std::size_t room = used < bound_.now() ? bound_.now() - used : 0;
        return std::min(room, free_places());
    }

    /// Room for items that come back.
    [[nodiscard]] std::size_t free_places() const noexcept PAIPA_REQUIRES(mutex_) {
        const std::size_t used = occupied();
        return used < bound_.capacity() ? bound_.capacity() - used : 0;
    }

    /// Queued items that may be taken now.
    [[nodiscard]] std::size_t ready() const noexcept PAIPA_REQUIRES(mutex_);

    /// When a retry may go, or the shut valve has to be asked again.
    [[nodiscard]] time_point next_due() const noexcept PAIPA_REQUIRES(mutex_) {
        return doors_.are_shut() ? doors_.ask_again() : retries_.next();
    }

    [[nodiscard]] bool at_end() const noexcept PAIPA_REQUIRES(mutex_) {
        return closed_ && queued() == 0 && metas_.empty() && arriving_ == 0 &&
               (unfinished_ == 0 || (no_reentry_ && retries_.empty()));
    }

    /// The meta entry that has come by all inlets takes its position, and what waited behind it
    /// goes on.
    void pass_inlets(waking_lock& lock) noexcept PAIPA_REQUIRES(mutex_);

    /// Waits as a writer while an earlier entry has not come by all inlets. `times` may be null.
    void wait_for_inlets(waking_lock& lock, std::size_t inlet, time_sheet* times)
        PAIPA_REQUIRES(mutex_);

    /// Waits as a reader until woken or poked; `lock` is released meanwhile.
    void wait_for_input(waking_lock& lock, time_sheet& times, time_point until, const inbox& in)
        PAIPA_REQUIRES(mutex_);
    void wait_listed(waking_lock& lock, const waiter& me, time_point until, const inbox& in)
        PAIPA_REQUIRES(mutex_);

    /// The state of a writer that waits for room, from its first `wait_for_room` on.
    struct room_wait {
        int yields = 0;
        duration look_again = std::chrono::milliseconds{1};
    };

    /// Waits as a writer until woken; false at the time limit. A writer without a limit first lets
    /// fast readers run, some times. Busy readers wake writers when it pays, see
    /// `batch_sizer::pull`. As they may block before that, a writer also looks by itself, each time
    /// after twice as long.
    bool wait_for_room(waking_lock& lock, time_sheet* times, time_point until, room_wait& so_far)
        PAIPA_REQUIRES(mutex_);
    /// Why a reader that finds nothing to take has to wait. `holds_retries`: it has retries in hand
    /// that found no room in the edge.
    [[nodiscard]] activity idle_for(bool holds_retries) const noexcept PAIPA_REQUIRES(mutex_);

    /// When there is something to do for one more.
    void wake_a_reader(waking_lock& lock) noexcept PAIPA_REQUIRES(mutex_);
    void wake_next_reader(waking_lock& lock) noexcept PAIPA_REQUIRES(mutex_);
    /// When half of the slots or `enough` are free.
    void wake_a_writer(waking_lock& lock, std::size_t enough) noexcept PAIPA_REQUIRES(mutex_);
    void wake_all_readers(waking_lock& lock) noexcept PAIPA_REQUIRES(mutex_);
    void wake_everybody(waking_lock& lock) noexcept PAIPA_REQUIRES(mutex_);
    void set_why(std::string_view why) noexcept PAIPA_REQUIRES(mutex_);

    void note_most() noexcept PAIPA_REQUIRES(mutex_) {
        most_ = std::max<std::uint64_t>(most_, occupied() - reserved_);
    }

    runtime& rt_;
    std::string from_;  // constant once the run has started
    const std::string to_;
    std::size_t window_ = 0;      // ordered steps: items taken beyond `head_`; 0: no limit
    bool readers_flush_ = false;  // constant once the run has started
    bool no_reentry_ = false;     // likewise
    bool is_intake_ = false;      // likewise

    mutex mutex_{lock_order::edge};
    edge_bound bound_ PAIPA_GUARDED_BY(mutex_);
    std::uint64_t pushed_ PAIPA_GUARDED_BY(mutex_) = 0;
    std::uint64_t popped_ PAIPA_GUARDED_BY(mutex_) = 0;
    std::uint64_t done_ PAIPA_GUARDED_BY(mutex_) = 0;  // reported as finished by readers
    std::uint64_t abandoned_ PAIPA_GUARDED_BY(mutex_) = 0;
    std::uint64_t dropped_ PAIPA_GUARDED_BY(mutex_) = 0;  // pushed and abandoned at once
    std::uint64_t most_ PAIPA_GUARDED_BY(mutex_) = 0;
    /// Ordered steps: the first item whose outputs have not left.
    std::uint64_t head_ PAIPA_GUARDED_BY(mutex_) = 0;
    /// Taken, not done; includes metas and flushes in process.
    std::uint64_t unfinished_ PAIPA_GUARDED_BY(mutex_) = 0;
    std::uint64_t retries_abandoned_ PAIPA_GUARDED_BY(mutex_) = 0;
    std::size_t begun_later_ PAIPA_GUARDED_BY(mutex_) = 0;  // in readers' batches, not begun
    std::size_t held_ PAIPA_GUARDED_BY(mutex_) = 0;         // by readers that finish them later
    std::size_t reserved_ PAIPA_GUARDED_BY(mutex_) = 0;     // in outboxes, staged or free to stage
    std::size_t arriving_ PAIPA_GUARDED_BY(mutex_) = 0;     // puts that make their item
    std::size_t readers_ PAIPA_GUARDED_BY(mutex_) = 0;      // registered inboxes
    /// Readers off `idle_readers_`, still in `wait_for_input`.
    std::size_t readers_waking_ PAIPA_GUARDED_BY(mutex_) = 0;
    std::size_t flushed_ PAIPA_GUARDED_BY(mutex_) = 0;    // readers, for the entry in front
    std::uint64_t barrier_ PAIPA_GUARDED_BY(mutex_) = 1;  // number of the meta entry in front
    bool closed_ PAIPA_GUARDED_BY(mutex_) = false;        // never goes back to false
    bool bounded_ PAIPA_GUARDED_BY(mutex_) = false;  // until the run starts, everything put is kept
    bool readers_hurry_ PAIPA_GUARDED_BY(mutex_) = false;   // the last one that took had fast items
    bool somebodys_turn_ PAIPA_GUARDED_BY(mutex_) = false;  // ordered steps: see `order_lock`
    std::string why_ PAIPA_GUARDED_BY(mutex_);              // reason of closing or cancelling
    inlets inlets_ PAIPA_GUARDED_BY(mutex_);
    meta_entries metas_ PAIPA_GUARDED_BY(mutex_);
    wait_list idle_readers_ PAIPA_GUARDED_BY(mutex_);
    wait_list blocked_writers_ PAIPA_GUARDED_BY(mutex_);
    wait_list held_writers_ PAIPA_GUARDED_BY(mutex_);  // by an inlet
    wait_list turn_waiters_ PAIPA_GUARDED_BY(mutex_);  // ordered steps: workers that want to stream
    waiting_retries retries_ PAIPA_GUARDED_BY(mutex_);
    reader_watch watch_ PAIPA_GUARDED_BY(mutex_);  // for `next_due`
    doors doors_ PAIPA_GUARDED_BY(mutex_);

    /// Written under the mutex, and seldom; read without it for each item, where a stale value only
    /// costs a moment. A type of its own, or `edge` would begin behind them on their cache line.
    struct alignas(64) flags {
        std::atomic<bool> cancelled{false};
        std::atomic<bool> reader_waiting{false};  // a reader waits; pairs with `outbox::tail`
    };

    flags flags_;
};

}  // namespace paipa::detail
#endif
