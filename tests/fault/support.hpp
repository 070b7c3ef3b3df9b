#ifndef PAIPA_TESTS_FAULT_SUPPORT_HPP
#define PAIPA_TESTS_FAULT_SUPPORT_HPP
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <thread>

// What the tests of faults ask the system.

namespace fault {

inline constexpr std::chrono::seconds patience{20};

/// False when it never became true.
template <class F>
bool eventually(F holds) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > limit) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

/// The first call starts a thread: with it, a sanitizer starts one of its own that stays.
inline std::size_t threads_of_this_process() {
    static const bool started = [] {
        std::thread([] {}).join();
        return true;
    }();
    (void)started;
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

/// The system forgets a joined thread a moment later.
inline bool threads_come_back_to(std::size_t before) {
    return eventually([before] { return threads_of_this_process() <= before; });
}

}  // namespace fault
#endif
