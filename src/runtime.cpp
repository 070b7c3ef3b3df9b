#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "platform/wait_word.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace paipa {
namespace {

/// Lends a seat to each thread and takes it back at the thread's end; never frees one.
class seat_pool {
public:
    seat* borrow() {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) {
            free_.reserve(++made_);  // for the day when all come back
            return new seat;
        }
        seat* const s = free_.back();
        free_.pop_back();
        return s;
    }

    void give_back(seat* s) noexcept {
        const std::lock_guard lock(mutex_);
        free_.push_back(s);
    }

private:
    std::mutex mutex_;  // guards both
    std::vector<seat*> free_;
    std::size_t made_ = 0;
};

seat_pool& the_seats() {
    static auto* const pool = new seat_pool;
    return *pool;
}

struct borrowed_seat {
    explicit borrowed_seat(seat* s) noexcept : place(s) {}

    borrowed_seat(const borrowed_seat&) = delete;
    borrowed_seat& operator=(const borrowed_seat&) = delete;

    ~borrowed_seat() {
        if (place != nullptr) {
            place->owner = nullptr;
            the_seats().give_back(place);
        }
    }

    seat* place;
};

/// The calling thread's; empty until it needs one, or was given one.
borrowed_seat& my_seat() {
    static thread_local borrowed_seat mine(nullptr);
    return mine;
}

// NOLINTBEGIN(misc-include-cleaner): <signal.h> is the public header of these
/// Threads inherit the signal mask of their creator: block everything while one is made.
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

/// Linux shows 15 characters of a name: the step's beginning and the whole index stay.
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
        auto made = std::make_unique<os_thread>();  // before the thread: it must not fail after it
        borrowed_seat reserved(the_seats().borrow());  // the thread itself must not fail to get one
        const signals_blocked quiet;
        made->start([run = std::move(body), place = reserved.place, label = short_name(name)] {
            pthread_setname_np(pthread_self(), label.c_str());  // itself: from outside takes a file
            my_seat().place = place;
            run();
        });
        reserved.place = nullptr;
        return made;
    }

    time_point now() noexcept override { return std::chrono::steady_clock::now(); }

    seat& here() override {
        borrowed_seat& mine = my_seat();
        if (mine.place == nullptr) {
            mine.place = the_seats().borrow();
        }
        return *mine.place;
    }

    /// A stored wake-up (1) is consumed; otherwise -1 says that the thread sleeps. Both changes are
    /// read-modify-writes and pair with the exchange in `unpark`: what was written before it is
    /// seen after `park`.
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
