#ifndef PAIPA_TESTS_FAULT_WATCHERS_HPP
#define PAIPA_TESTS_FAULT_WATCHERS_HPP
#include <paipa/paipa.hpp>

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Who looks at a run, and throws at each look; and where the library tells of it.

namespace fault {

/// Counts what begins and what ends, and throws each time.
struct throwing_tracker final : paipa::tracker {
    void run_started(std::string_view) override { count(1); }

    void run_ended(const paipa::report&) override { count(-1); }

    void worker_started(std::string_view, std::size_t) override { count(1); }

    void worker_ended(std::string_view, std::size_t) override { count(-1); }

    void item_started(std::string_view, std::size_t) override { count(1); }

    void item_ended(std::string_view, std::size_t, paipa::item_outcome) override { count(-1); }

    void count(int n) {
        open += n;
        ++calls;
        throw n;
    }

    std::atomic<int> open{0};
    std::atomic<int> calls{0};
};

/// Nothing is written while it lives; tells how often something was.
class quiet_log {
public:
    quiet_log() {
        paipa::set_log_hook(
            [this](paipa::log_level, std::string_view text) { lines_.emplace_back(text); });
    }

    quiet_log(const quiet_log&) = delete;
    quiet_log& operator=(const quiet_log&) = delete;

    ~quiet_log() { paipa::set_log_hook({}); }

    [[nodiscard]] std::size_t size() const { return lines_.size(); }

private:
    std::vector<std::string> lines_;  // the log calls one at a time
};

}  // namespace fault
#endif
