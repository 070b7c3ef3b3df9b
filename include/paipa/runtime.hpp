#ifndef PAIPA_RUNTIME_HPP
#define PAIPA_RUNTIME_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/time.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace paipa {

namespace detail {
struct seat_access;
struct worker_context;
}  // namespace detail

/// Where one thread waits. Seats are never freed, so a late `unpark` is harmless: every wait in the
/// library tests its condition again.
class seat {
public:
    std::atomic<int> word{0};  ///< For the runtime. 1: a wake-up is stored for the next `park`.

private:
    friend struct detail::seat_access;

    detail::worker_context* worker_ = nullptr;  // on this thread; no other thread reads it
};

/// What the library needs of the outside world: threads, time and waiting.
///
/// The default is `default_runtime()`: threads and the steady clock. `testing::simulation` runs the
/// same pipelines one worker at a time, in an order drawn from a seed, on a virtual clock.
class runtime {
public:
    /// A spawned thread. Exactly one of `join` and `detach` is called.
    class thread {
    public:
        thread() = default;
        thread(const thread&) = delete;
        thread& operator=(const thread&) = delete;
        virtual ~thread() = default;
        virtual void join() = 0;
        virtual void detach() = 0;
    };

    runtime(const runtime&) = delete;
    runtime& operator=(const runtime&) = delete;
    virtual ~runtime() = default;

    /// Starts a thread with all signals blocked. Throws `std::system_error` where that is refused.
    virtual std::unique_ptr<thread> spawn(const std::string& name, std::function<void()> body) = 0;
    virtual time_point now() noexcept = 0;
    /// The calling thread's seat: the same one until the thread's end, in exit handlers too.
    virtual seat& here() = 0;
    /// Blocks the caller until `unpark` or until the time. It may also return for no reason.
    virtual void park(time_point until) = 0;
    /// Ends the current or the next `park` of the thread that the seat belongs to.
    virtual void unpark(seat& where) noexcept = 0;
    /// Lets others run for a moment before the caller parks.
    virtual void yield() noexcept = 0;

    /// A place where a simulation may let another thread run first. The library calls it before it
    /// takes a lock, while it holds none.
    void point() {
        if (simulated_) {
            do_point();
        }
    }

    [[nodiscard]] bool is_simulated() const noexcept { return simulated_; }

protected:
    explicit runtime(bool simulated) noexcept : simulated_(simulated) {}

    virtual void do_point() {}

private:
    bool simulated_;
};

/// Threads and the steady clock. Lives as long as the process.
runtime& default_runtime();

namespace detail {

/// The engine's way into `seat`.
struct seat_access {
    /// The worker that runs on the seat's thread; null on a thread of the program's own.
    static worker_context*& worker(seat& s) noexcept { return s.worker_; }
};

}  // namespace detail

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
