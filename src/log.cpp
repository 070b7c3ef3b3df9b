#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/log.hpp>
#include <paipa/time.hpp>

#include "log_watch.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paipa {
namespace {

/// Whether this thread is inside of the hook. If it is, it holds the sink's mutex.
constinit thread_local bool in_hook = false;

class inside {
public:
    inside() noexcept { in_hook = true; }

    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;

    ~inside() { in_hook = false; }
};

void write_line(std::string_view text) {
    const bool has_name = text.starts_with("paipa:") || text.starts_with("paipa ");
    const std::string line = (has_name ? "" : "paipa: ") + std::string(text) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

/// Messages that came while the hook was at work.
class kept_messages {
public:
    struct message {
        log_level level;
        std::string text;
    };

    void add(log_level level, std::string_view text) noexcept {
        const detail::mutex_lock lock(mutex_);
        try {
            if (kept_.size() < limit) {
                kept_.push_back({level, std::string(text)});
                return;
            }
        } catch (...) {  // NOLINT(bugprone-empty-catch): no memory; it counts as lost
        }
        ++lost_;
    }

    /// Takes the oldest message. Behind the last one comes a warning that tells how many were lost,
    /// if any were.
    std::optional<message> take() {
        const detail::mutex_lock lock(mutex_);
        if (!kept_.empty()) {
            std::optional<message> first(std::move(kept_.front()));
            kept_.erase(kept_.begin());  // there are few
            return first;
        }
        const std::uint64_t n = std::exchange(lost_, 0);
        return n == 0 ? std::nullopt
                      : std::optional<message>(
                            {log_level::warning,
                             "paipa::log: " + std::to_string(n) +
                                 " messages are lost: the log hook was at work for too long"});
    }

    [[nodiscard]] bool empty() noexcept {
        const detail::mutex_lock lock(mutex_);
        return kept_.empty() && lost_ == 0;
    }

private:
    static constexpr std::size_t limit = 256;

    detail::mutex mutex_;
    std::vector<message> kept_ PAIPA_GUARDED_BY(mutex_);
    std::uint64_t lost_ PAIPA_GUARDED_BY(mutex_) = 0;
};

class sink {
public:
    sink() noexcept { read_environment(); }

    void set_hook(std::shared_ptr<const log_hook> next) {
        if (in_hook) {
            is_held();
            swap_hook(next);
        } else {
            const detail::mutex_lock lock(mutex_);
            swap_hook(next);
        }
        give_kept();
    }

    void write(log_level level, std::string_view text) {
        if (in_hook) {
            write_line(text);
            return;
        }
        if (mutex_.try_lock()) {
            const detail::mutex_lock mine(mutex_, std::adopt_lock);
            if (kept_.empty()) {
                call(level, text);
            } else {
                kept_.add(level, text);
            }
        } else {
            kept_.add(level, text);
        }
        give_kept();
    }

    void set_level(std::optional<log_level> least) noexcept {
        least_ = least ? static_cast<int>(*least) : from_environment_;
    }

    [[nodiscard]] bool drops(log_level level) const noexcept {
        return static_cast<int>(level) < least_.load();
    }

    [[nodiscard]] bool shows(log_level level) const noexcept {
        const int least = least_.load();
        return static_cast<int>(level) >= (least != not_set ? least
                                           : has_hook_.load()
                                               ? 0
                                               : static_cast<int>(log_level::warning));
    }

    [[nodiscard]] std::optional<time_point> busy_since() const noexcept {
        const duration::rep since = since_.load();
        return since == idle ? std::nullopt : std::optional(time_point{duration{since}});
    }

private:
    static constexpr int not_set = -1;
    static constexpr duration::rep idle = -1;

    /// Gives kept messages to the hook. A thread that finds the mutex taken may leave: the thread
    /// in the hook looks for kept messages again after it has left the hook.
    void give_kept() {
        while (!in_hook && !kept_.empty()) {
            if (!mutex_.try_lock()) {
                return;
            }
            const detail::mutex_lock mine(mutex_, std::adopt_lock);
            while (const auto next = kept_.take()) {
                call(next->level, next->text);
            }
        }
    }

    /// The hook runs on this thread, which holds the mutex for it.
    void is_held() const noexcept PAIPA_ASSERT_CAPABILITY(mutex_) {}

    void swap_hook(std::shared_ptr<const log_hook>& next) noexcept PAIPA_REQUIRES(mutex_) {
        has_hook_ = next != nullptr;
        hook_.swap(next);
    }

    void call(log_level level, std::string_view text) noexcept PAIPA_REQUIRES(mutex_) {
        since_ = std::chrono::steady_clock::now().time_since_epoch().count();
        try {
            if (const auto hook = hook_; hook != nullptr) {  // the hook may set another one
                const inside here;
                (*hook)(level, text);
            } else {
                write_line(text);
            }
        } catch (...) {  // NOLINT(bugprone-empty-catch): a message is never worth a failure
        }
        since_ = idle;
    }

    void read_environment() noexcept {
        const char* const said = std::getenv("PAIPA_LOG");  // NOLINT(concurrency-mt-unsafe)
        if (said == nullptr || *said == '\0') {
            return;
        }
        const std::string_view level = said;
        for (const auto& [name, value] :
             {std::pair{"debug", log_level::debug}, std::pair{"info", log_level::info},
              std::pair{"warning", log_level::warning}, std::pair{"error", log_level::error}}) {
            if (level == name) {
                least_ = from_environment_ = static_cast<int>(value);
                return;
            }
        }
        std::fprintf(stderr,
                     "paipa::log: PAIPA_LOG: expected debug, info, warning or error, got '%s'\n",
                     said);
    }

    detail::mutex mutex_{
        detail::lock_order::log};  // held while the hook is called: one call at a time
    std::shared_ptr<const log_hook> hook_ PAIPA_GUARDED_BY(mutex_);
    kept_messages kept_;
    int from_environment_ = not_set;          // constant once made
    std::atomic<bool> has_hook_{false};       // as of the last `set_hook`
    std::atomic<int> least_{not_set};         // messages below it are dropped
    std::atomic<duration::rep> since_{idle};  // begin of the present call; for `busy_since`
};

/// Never destroyed, because threads that a daemon pipeline left behind may log during exit.
/// Allocates no memory.
union sink_for_ever {
    sink_for_ever() : all() {}

    sink_for_ever(const sink_for_ever&) = delete;
    sink_for_ever& operator=(const sink_for_ever&) = delete;

    ~sink_for_ever() {}

    sink all;
};

sink& the_sink() noexcept {
    static sink_for_ever instance;
    return instance.all;
}

}  // namespace

void set_log_hook(log_hook hook) {
    the_sink().set_hook(hook ? std::make_shared<const log_hook>(std::move(hook)) : nullptr);
}

void set_log_level(std::optional<log_level> least) noexcept {
    the_sink().set_level(least);
}

bool log_shows(log_level level) noexcept {
    return the_sink().shows(level);
}

void log(log_level level, std::string_view text) noexcept {
    try {
        if (sink& s = the_sink(); !s.drops(level)) {
            s.write(level, text);
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): a message is never worth a failure
    }
}

std::optional<time_point> logging_since() noexcept {
    return the_sink().busy_since();
}

}  // namespace paipa
