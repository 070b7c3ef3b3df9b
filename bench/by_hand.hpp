#ifndef PAIPA_BENCH_BY_HAND_HPP
#define PAIPA_BENCH_BY_HAND_HPP
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace bench {

/// When `push` wakes a reader. Under the lock the woken thread must wait for the lock, so that it
/// may begin on the processor that the writer is about to leave.
enum class wakes { after_unlock, under_lock };

/// What one writes without a library: a bounded queue with a mutex and two condition variables, one
/// item at a time, closed at the end.
template <class T>
class hand_queue {
public:
    explicit hand_queue(std::size_t capacity, wakes how = wakes::after_unlock)
        : capacity_(capacity), how_(how) {}

    void push(T item) {
        std::unique_lock lock(mutex_);
        not_full_.wait(lock, [this] { return items_.size() < capacity_; });
        items_.push_back(std::move(item));
        if (how_ == wakes::under_lock) {
            not_empty_.notify_one();
            return;
        }
        lock.unlock();
        not_empty_.notify_one();
    }

    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        not_empty_.wait(lock, [this] { return !items_.empty() || closed_; });
        if (items_.empty()) {
            return std::nullopt;
        }
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        lock.unlock();
        not_full_.notify_one();
        return item;
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        not_empty_.notify_all();
    }

private:
    std::mutex mutex_;  // guards everything below
    std::condition_variable not_full_;
    std::condition_variable not_empty_;
    std::deque<T> items_;
    std::size_t capacity_;
    wakes how_;
    bool closed_ = false;
};

}  // namespace bench

#endif
