#ifndef PAIPA_DETAIL_SYNC_MUTEX_HPP
#define PAIPA_DETAIL_SYNC_MUTEX_HPP
#include <paipa/detail/sync/thread_safety.hpp>  // IWYU pragma: export

#include <mutex>

namespace paipa::detail {

/// A `std::mutex` that clang's thread safety analysis knows.
class PAIPA_CAPABILITY("mutex") mutex {
public:
    void lock() PAIPA_ACQUIRE() { mutex_.lock(); }

    void unlock() noexcept PAIPA_RELEASE() { mutex_.unlock(); }

    /// False: some thread has it.
    [[nodiscard]] bool try_lock() PAIPA_TRY_ACQUIRE(true) { return mutex_.try_lock(); }

private:
    std::mutex mutex_;
};

/// Holds a mutex for as long as it lives. Who has to wake threads uses `waking_lock`.
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
