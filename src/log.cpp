#include <paipa/log.hpp>

#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace paipa {
namespace {

struct sink {
    std::mutex mutex;  // guards `hook`, and makes lines whole
    log_hook hook;
};

/// Never destroyed: threads that a daemon pipeline left behind may log during exit.
sink& the_sink() {
    static auto* const instance = new sink;
    return *instance;
}

}  // namespace

void set_log_hook(log_hook hook) {
    sink& s = the_sink();
    const std::lock_guard lock(s.mutex);
    std::swap(s.hook, hook);
}

void log(log_level level, std::string_view text) noexcept {
    try {
        sink& s = the_sink();
        const std::lock_guard lock(s.mutex);
        if (s.hook) {
            s.hook(level, text);
            return;
        }
        const std::string line = "paipa: " + std::string(text) + "\n";
        std::fwrite(line.data(), 1, line.size(), stderr);
    } catch (...) {  // NOLINT(bugprone-empty-catch): a message is never worth a failure
    }
}

}  // namespace paipa
