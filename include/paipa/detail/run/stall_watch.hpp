#ifndef PAIPA_DETAIL_RUN_STALL_WATCH_HPP
#define PAIPA_DETAIL_RUN_STALL_WATCH_HPP
#include <paipa/time.hpp>

#include <chrono>
#include <cstdint>

namespace paipa::detail {

class run_core;

/// Sees to it that no call waits for a run in silence: where nothing has moved for ten seconds
/// while items are inside, it says so once, through the log, with what would end the wait.
///
/// An idle service has nothing inside, and a slow source neither: both are no news. Whoever waits
/// wakes up at `next_look` and calls `look`. In a simulation a wait looks again only as long as
/// something has moved: a timer that never ceases would hide a deadlock.
class stall_watch {
public:
    static constexpr duration patience = std::chrono::seconds{10};
    /// A wait that is shorter costs no look.
    static constexpr duration first_look = std::chrono::seconds{1};

    /// `who` waits: the name of a call.
    stall_watch(run_core& run, const char* who);

    /// `never`: there is nothing more to look for.
    [[nodiscard]] time_point next_look() const noexcept { return next_; }

    /// Does nothing before the time has come.
    void look();

private:
    run_core& run_;
    const char* const who_;
    time_point next_;
    std::uint64_t moves_ = 0;  // at the last look
    bool has_looked_ = false;
};

}  // namespace paipa::detail
#endif
