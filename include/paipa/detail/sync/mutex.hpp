#ifndef PAIPA_DETAIL_SYNC_MUTEX_HPP
#define PAIPA_DETAIL_SYNC_MUTEX_HPP
#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/thread_safety.hpp>  // IWYU pragma: export

#include <mutex>

namespace paipa::detail {

/// A `std::mutex` that clang's thread safety analysis knows, with a place in the order of locks.
class PAIPA_CAPABILITY("mutex") mutex {
public:
    constexpr explicit mutex(lock_order place = lock_order::other) noexcept : check_(place) {}

    /// The holder of this one may take that one. Before anybody locks them.
    void set_next(mutex& next) const noexcept { check_.set_next(next.check_); }

    void lock() PAIPA_ACQUIRE() {
        check_.before_lock();
        mutex_.lock();
        check_.locked();
    }

    void unlock() noexcept PAIPA_RELEASE() {
        check_.before_unlock();
        mutex_.unlock();
    }

    /// False: some thread has it. Nobody waits, so the order of locks does not matter.
    [[nodiscard]] bool try_lock() PAIPA_TRY_ACQUIRE(true) {
        const bool got = mutex_.try_lock();
        if (got) {
            check_.locked();
        }
        return got;
    }

private:
    std::mutex mutex_;
    [[no_unique_address]] lock_order_check check_;
};

/// Holds a mutex for as long as it lives. A holder that has to wake threads uses `waking_lock`.
class PAIPA_SCOPED_CAPABILITY mutex_lock {
public:
    explicit mutex_lock(mutex& m) PAIPA_ACQUIRE(m) : mutex_(m) { m.lock(); }

    /// The caller has locked the mutex already, by `try_lock`.
    mutex_lock(mutex& m, std::adopt_lock_t) noexcept PAIPA_REQUIRES(m) : mutex_(m) {}

    mutex_lock(const mutex_lock&) = delete;
    mutex_lock& operator=(const mutex_lock&) = delete;

    ~mutex_lock() PAIPA_RELEASE() { mutex_.unlock(); }

private:
    mutex& mutex_;
};

}  // namespace paipa::detail
#endif
