#ifndef PAIPA_FETCH_SIGNALS_HPP
#define PAIPA_FETCH_SIGNALS_HPP

#include <csignal>
#include <functional>
#include <thread>

namespace fetch {

/// Plus the signal's number: the exit status of a program that a signal ended, as shells have it.
inline constexpr int signal_status = 128;

/// Turns SIGINT and SIGTERM into calls on a thread of its own.
///
/// The constructor blocks both signals in the calling thread, and so in every thread that is
/// started later; what arrives before `watch` waits for it. The destructor puts the mask back.
/// Threads: made and destroyed on the main thread, before any other thread starts.
/// Errors:  `std::system_error` when the kernel refuses.
class signal_watcher {
public:
    /// `count` is 1 for the first signal. Must not throw, nor block for long: the next signal
    /// waits for it.
    using handler = std::function<void(int signal_number, unsigned count)>;

    signal_watcher();
    signal_watcher(const signal_watcher&) = delete;
    signal_watcher& operator=(const signal_watcher&) = delete;
    ~signal_watcher();

    /// Starts to call `on_signal`. Once.
    void watch(handler on_signal);

    /// No call is running, and none will come, once this has returned. Idempotent.
    void stop();

private:
    void run(const handler& on_signal) const;

    sigset_t watched_{};
    sigset_t mask_before_{};
    int signals_ = -1;  // signalfd
    int stop_ = -1;     // eventfd: readable once the thread has to end
    std::thread thread_;
};

}  // namespace fetch

#endif
