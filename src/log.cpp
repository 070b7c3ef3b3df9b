#include <paipa/log.hpp>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace paipa {
namespace {

struct sink {
    std::mutex mutex;  // guards `hook`; held while it is called, so lines are whole
    std::shared_ptr<const log_hook> hook;
};

/// Never destroyed: threads that a daemon pipeline left behind may log during exit.
sink& the_sink() {
    static auto* const instance = new sink;
    return *instance;
}

/// The thread is inside the hook, and so has the mutex.
thread_local bool in_hook = false;

class inside {
public:
    inside() noexcept { in_hook = true; }

    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;

    ~inside() { in_hook = false; }
};

std::unique_lock<std::mutex> hold(sink& s) {
    return in_hook ? std::unique_lock<std::mutex>() : std::unique_lock(s.mutex);
}

}  // namespace

void set_log_hook(log_hook hook) {
    auto next = hook ? std::make_shared<const log_hook>(std::move(hook)) : nullptr;
    sink& s = the_sink();
    const auto lock = hold(s);
    s.hook.swap(next);
}

void log(log_level level, std::string_view text) noexcept {
    try {
        sink& s = the_sink();
        const auto lock = hold(s);
        if (s.hook != nullptr && !in_hook) {
            const auto hook = s.hook;  // it may set another one
            const inside here;
            (*hook)(level, text);
            return;
        }
        const std::string line = "paipa: " + std::string(text) + "\n";
        std::fwrite(line.data(), 1, line.size(), stderr);
    } catch (...) {  // NOLINT(bugprone-empty-catch): a message is never worth a failure
    }
}

}  // namespace paipa
