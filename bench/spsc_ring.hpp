#ifndef PAIPA_BENCH_SPSC_RING_HPP
#define PAIPA_BENCH_SPSC_RING_HPP
#include <atomic>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

/// The limit of what a bounded hand-over between two threads can reach: one writer, one reader,
/// indices published once per batch. It never sleeps: who waits burns its processor.
template <class T>
class spsc_ring {
public:
    /// `capacity` is a power of two, larger than a batch.
    explicit spsc_ring(std::size_t capacity) : items_(capacity), mask_(capacity - 1) {}

    void push(T item) {
        while (written_ - read_seen_ == items_.size()) {
            publish();
            read_seen_ = read_.load(std::memory_order_acquire);  // pairs with take's release
            if (written_ - read_seen_ == items_.size()) {
                std::this_thread::yield();
            }
        }
        items_[written_++ & mask_] = std::move(item);
        if (written_ % batch == 0) {
            publish();
        }
    }

    void close() {
        publish();
        closed_.store(true, std::memory_order_release);  // pairs with take's acquire
    }

    /// Calls `use` with all that is there; false at the end.
    template <class F>
    bool take(F use) {
        bool closed = false;
        std::size_t end = published_.load(std::memory_order_acquire);  // pairs with publish
        while (end == next_ && !closed) {
            std::this_thread::yield();
            closed = closed_.load(std::memory_order_acquire);  // pairs with close
            end = published_.load(std::memory_order_acquire);
        }
        const bool any = end != next_;
        while (next_ != end) {
            use(std::move(items_[next_++ & mask_]));
            if (next_ % batch == 0) {
                read_.store(next_, std::memory_order_release);  // pairs with push's acquire
            }
        }
        read_.store(next_, std::memory_order_release);
        return any;
    }

private:
    static constexpr std::size_t batch = 64;
    static constexpr std::size_t line = 64;  // of the cache

    void publish() { published_.store(written_, std::memory_order_release); }

    std::vector<T> items_;
    std::size_t mask_;
    alignas(line) std::size_t written_ = 0;  // the writer's
    std::size_t read_seen_ = 0;              // the writer's copy of read_
    alignas(line) std::size_t next_ = 0;     // the reader's
    alignas(line) std::atomic<std::size_t> published_ = 0;
    alignas(line) std::atomic<std::size_t> read_ = 0;
    std::atomic<bool> closed_ = false;
};

}  // namespace bench

#endif
