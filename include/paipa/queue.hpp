#ifndef PAIPA_QUEUE_HPP
#define PAIPA_QUEUE_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/error.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <concepts>
#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace paipa {

namespace detail {
template <class T>
class queue_source;
}

/// Hands items from any threads to a pipeline (or to whoever pops); a full queue blocks the pusher.
///
/// Shape:   items leave in push order. Several pipelines may read one queue; each item goes to one.
/// Units:   capacity counts items.
/// Threads: all members may be called from any thread; `push`, `push_for` and `pop` block.
/// Errors:  `config_error` for capacity 0. `closed_error` from a push after `close`, and from a
///          push after the last pipeline that read the queue has ended, because nobody would ever
///          take the item; `try_push` and `push_for` leave the item as it was then. Items that are
///          still inside stay there, and a new pipeline may go on with them.
/// Cost:    one lock per item, at most one wake-up; no allocation per item, unless its move
///          constructor may throw.
template <std::move_constructible T>
class queue {
public:
    /// A null `rt` stands for threads. A queue that feeds a simulated pipeline takes the
    /// simulation.
    explicit queue(std::size_t capacity, runtime* rt = nullptr)
        : rt_(rt != nullptr ? *rt : default_runtime()), capacity_(capacity) {
        if (capacity == 0) {
            throw config_error("paipa::queue: capacity: expected at least 1, got 0");
        }
    }

    queue(const queue&) = delete;
    queue& operator=(const queue&) = delete;
    ~queue() = default;

    /// Blocks while the queue is full. The item is passed by value, so an item that is refused is
    /// gone.
    void push(T item) { put(item, never); }

    /// Returns false, with `item` as it was, when the queue is full.
    // NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved): only when there is room
    [[nodiscard]] bool try_push(T&& item) { return put(item, time_point::min()); }

    [[nodiscard]] bool try_push(const T& item)
        requires std::copy_constructible<T>
    {
        return try_push(T(item));
    }

    /// Returns false, with `item` as it was, when the queue stays full for so long.
    // NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved): only when there is room
    [[nodiscard]] bool push_for(T&& item, duration time) {
        return put(item, later(rt_.now(), time));
    }

    [[nodiscard]] bool push_for(const T& item, duration time)
        requires std::copy_constructible<T>
    {
        return push_for(T(item), time);
    }

    /// Waits for an item. Returns nullopt once the queue is closed and empty.
    [[nodiscard]] std::optional<T> pop() {
        return take([] { return false; }, true);
    }

    /// An item, if there is one.
    [[nodiscard]] std::optional<T> try_pop() {
        return take([] { return true; }, true);
    }

    /// No more items; those inside can still be popped. Idempotent.
    void close() {
        detail::waking_lock lock(rt_, mutex_);
        closed_ = true;
        why_ = "the queue is closed";
        lock.wake_all(readers_);
        lock.wake_all(writers_);
    }

    [[nodiscard]] bool is_closed() const {
        const detail::mutex_lock lock(mutex_);
        return closed_;
    }

    [[nodiscard]] std::size_t size() const {
        const detail::mutex_lock lock(mutex_);
        return items_.size();
    }

    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

private:
    // For the source that reads on behalf of a pipeline
    friend detail::queue_source<T>;

    /// Waits for an item, or until `stop()` is true. Items that are inside then are still given if
    /// `rest` is true. The wait is booked on `times` if that is not null.
    template <class Stop>
    std::optional<T> take(Stop stop, bool rest, detail::time_sheet* times = nullptr) {
        rt_.point();
        const detail::back_to_work after(times, rt_);
        std::optional<T> item;
        detail::waking_lock lock(rt_, mutex_);
        while (items_.empty() && !(closed_ && arriving_ == 0) && !stop()) {
            if (times != nullptr) {
                times->change(activity::waiting_for_input, rt_.now());
            }
            lock.wait(readers_, never);
        }
        if (items_.empty() || (!rest && stop())) {
            return item;
        }
        if constexpr (moves_under_lock) {
            item.emplace(std::move(items_.front()));
            items_.pop_front();
            lock.wake(writers_.pop());
        } else {
            items first;
            first.splice(first.begin(), items_, items_.begin());
            lock.wake(writers_.pop());
            lock.unlock();
            try {
                item.emplace(std::move(first.front()));
            } catch (...) {  // the item stays inside
                lock.lock();
                items_.splice(items_.begin(), first);
                lock.wake(readers_.pop());
                throw;
            }
        }
        return item;
    }

    /// Puts an item that was taken, and is not wanted any more, back to the front. The queue may
    /// then hold one more than its capacity.
    void give_back(T&& item) {
        items first;
        first.push_back(std::move(item));  // without the lock: this may call any code
        detail::waking_lock lock(rt_, mutex_);
        if constexpr (moves_under_lock) {
            items_.push_front(std::move(first.front()));
        } else {
            items_.splice(items_.begin(), first);
        }
        lock.wake(readers_.pop());
    }

    /// Ends a wait in `take`, which then asks its `stop` again.
    void interrupt() {
        detail::waking_lock lock(rt_, mutex_);
        lock.wake_all(readers_);
    }

    void attach() {
        const detail::mutex_lock lock(mutex_);
        ++pipelines_;
        orphaned_ = false;
    }

    /// A pipeline has ended. If it was the last one, whoever pushes is told `why` from now on. If
    /// there is no memory for that text, the old one stays.
    void detach(std::string_view why) noexcept {
        detail::waking_lock lock(rt_, mutex_);
        if (--pipelines_ == 0) {
            orphaned_ = true;
            try {
                if (!closed_) {
                    why_ = why;
                }
            } catch (...) {  // NOLINT(bugprone-empty-catch): see above
            }
            lock.wake_all(writers_);
        }
    }

    /// A move constructor that may throw runs without the lock, because it may do anything.
    static constexpr bool moves_under_lock = std::is_nothrow_move_constructible_v<T>;
    using items = std::conditional_t<moves_under_lock, std::deque<T>, std::list<T>>;

    bool put(T& item, time_point until) {
        rt_.point();
        detail::waking_lock lock(rt_, mutex_);
        while (true) {
            if (closed_ || orphaned_) {
                throw closed_error("paipa::queue: no more items are taken: " + why_);
            }
            if (items_.size() + arriving_ < capacity_) {
                break;
            }
            if (until != never && rt_.now() >= until) {
                return false;
            }
            lock.wait(writers_, until);
        }
        if constexpr (moves_under_lock) {
            items_.push_back(std::move(item));
            lock.wake(readers_.pop());
        } else {
            arrive(item, lock);
        }
        return true;
    }

    /// Moves the item in while the lock is given up. There is room for it.
    void arrive(T& item, detail::waking_lock& lock) PAIPA_REQUIRES(mutex_) {
        items last;
        ++arriving_;
        try {
            lock.unlocked([&] { last.push_back(std::move(item)); });
        } catch (...) {
            --arriving_;
            lock.wake(writers_.pop());
            lock.wake_all(readers_);  // the queue may be closed and empty now
            throw;
        }
        --arriving_;
        items_.splice(items_.end(), last);
        closed_ ? lock.wake_all(readers_) : lock.wake(readers_.pop());
    }

    runtime& rt_;
    const std::size_t capacity_;
    mutable detail::mutex mutex_;
    items items_ PAIPA_GUARDED_BY(mutex_);               // size() + arriving_ <= capacity_
    std::size_t arriving_ PAIPA_GUARDED_BY(mutex_) = 0;  // pushes that move their item
    bool closed_ PAIPA_GUARDED_BY(mutex_) = false;       // never goes back to false
    bool orphaned_ PAIPA_GUARDED_BY(mutex_) = false;     // the last pipeline that read it has ended
    std::size_t pipelines_ PAIPA_GUARDED_BY(mutex_) = 0;
    std::string why_ PAIPA_GUARDED_BY(mutex_) = "its pipeline has ended";
    detail::wait_list readers_ PAIPA_GUARDED_BY(mutex_);
    detail::wait_list writers_ PAIPA_GUARDED_BY(mutex_);
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
