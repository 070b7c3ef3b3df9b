#ifndef PAIPA_FETCH_PROGRESS_HPP
#define PAIPA_FETCH_PROGRESS_HPP

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace fetch {

/// What the job has done so far. Any thread may write; the numbers of one reading need not fit
/// together exactly, so relaxed order is enough.
struct progress_counters {
    std::atomic<std::uint64_t> total{0};      // URLs of this run, as far as the list is known
    std::atomic<bool> is_total_known{false};  // no more will come
    std::atomic<std::uint64_t> stored{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> in_flight{0};
    std::atomic<std::uint64_t> failed_attempts{0};  // those that were tried again included
    std::atomic<std::uint64_t> bytes{0};            // of stored bodies
};

/// One reading of the counters, with what is needed to show it.
struct progress_reading {
    std::uint64_t total = 0;  // URLs of this run, so far
    bool is_total_known = true;
    std::uint64_t stored = 0;
    std::uint64_t failed = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t failed_attempts = 0;
    std::uint64_t bytes = 0;
    double per_second = 0;  // URLs done, lately
};

/// Smooths the rate: what happened long ago counts less and less.
class rate_meter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit rate_meter(time_point start) : last_(start) {}

    /// Takes a new reading and returns the rate per second; `now` never goes back.
    double update(std::uint64_t done, time_point now);

private:
    time_point last_;
    std::uint64_t done_ = 0;
    double rate_ = 0;
    double weight_ = 0;  // of what has been seen so far, below 1
};

/// Time until everything is done at the present rate; nullopt while nobody can tell.
std::optional<std::chrono::seconds> time_left(const progress_reading& reading);

/// "120/300 done  41.0/s  8 in flight  2 failed  3 retries  ETA 0:04", cut to `width` columns
/// (0: any length); "120/300+ done" while the list is still coming.
std::string progress_line(const progress_reading& reading, std::size_t width = 0);

/// Shows the counters on standard error while it lives: one line, rewritten, on a terminal;
/// a plain line now and then otherwise.
class progress_display {
public:
    enum class style { none, plain, live };

    /// `live` on a terminal that can move its cursor, else `plain`.
    static style style_for_terminal();

    progress_display(const progress_counters& counters, style how);
    progress_display(const progress_display&) = delete;
    progress_display& operator=(const progress_display&) = delete;
    ~progress_display();

    /// Writes a line of its own, above the live line. Any thread.
    void say(const std::string& line);

    /// Shows the last state and ends. Idempotent.
    void finish();

    /// Ends and takes the live line away, so that an error message stands alone. Idempotent.
    void abandon();

private:
    void run();
    void draw();
    void stop();
    progress_reading read();

    const progress_counters& counters_;
    const style style_;

    std::mutex mutex_;              // guards everything below, and the writes
    std::condition_variable wake_;  // is_stopped_ became true
    bool is_stopped_ = false;
    bool has_line_ = false;  // the live line is on the screen
    rate_meter meter_;

    std::thread thread_;
};

}  // namespace fetch

#endif
