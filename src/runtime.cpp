#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "detail/sync/seats.hpp"
#include "platform/wait_word.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string>
#include <thread>
#include <utility>

namespace paipa {
namespace {

// NOLINTBEGIN(misc-include-cleaner): <signal.h> is the public header of these
/// Threads inherit the signal mask of their creator, so all signals are blocked while one is made.
class signals_blocked {
public:
    signals_blocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }

    signals_blocked(const signals_blocked&) = delete;
    signals_blocked& operator=(const signals_blocked&) = delete;

    ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

// NOLINTEND(misc-include-cleaner)

class os_thread final : public runtime::thread {
public:
    void start(std::function<void()> body) { thread_ = std::thread(std::move(body)); }

    void join() override { thread_.join(); }

    void detach() override { thread_.detach(); }

private:
    std::thread thread_;
};

/// Linux shows 15 characters of a name. Keeps the beginning of the step's name and the whole index.
std::string short_name(const std::string& name) {
    constexpr std::size_t limit = 15;
    if (name.size() <= limit) {
        return name;
    }
    const auto slash = name.rfind('/');
    const std::string tail = slash == std::string::npos ? std::string{} : name.substr(slash);
    return name.substr(0, limit - std::min(limit, tail.size())) + tail;
}

class thread_runtime final : public runtime {
public:
    thread_runtime() : runtime(false) {}

    std::unique_ptr<thread> spawn(const std::string& name, std::function<void()> body) override {
        auto made = std::make_unique<os_thread>();  // first: nothing may fail once a thread runs
        detail::reserved_seat place;                // the thread itself must not fail to get one
        const signals_blocked quiet;
        made->start([run = std::move(body), mine = &place.get(), label = short_name(name)] {
            pthread_setname_np(pthread_self(), label.c_str());  // another thread would need a file
            detail::take_seat(*mine);
            run();
        });
        place.release();
        return made;
    }

    time_point now() noexcept override { return std::chrono::steady_clock::now(); }

    seat& here() override { return detail::my_seat(); }

    /// A stored wake-up (1) is consumed; otherwise -1 says that the thread sleeps. Both changes are
    /// read-modify-writes and pair with the exchange in `unpark`: what a thread wrote before
    /// `unpark` is seen after `park`.
    void park(time_point until) override {
        std::atomic<int>& word = here().word;
        if (word.fetch_sub(1) != 1) {
            platform::wait_word(word, -1, until);
            word.exchange(0);
        }
    }

    void unpark(seat& where) noexcept override {
        if (where.word.exchange(1) == -1) {
            platform::wake_word(where.word);
        }
    }

    void yield() noexcept override { sched_yield(); }
};

}  // namespace

runtime& default_runtime() {
    static auto* const instance = new thread_runtime;
    return *instance;
}

}  // namespace paipa
