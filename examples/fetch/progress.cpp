#include "progress.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace fetch {

namespace {

using namespace std::chrono_literals;

constexpr auto live_interval = 200ms;
constexpr auto plain_interval = 5s;
constexpr double rate_window = 5.0;  // seconds in which an observation loses 63 % of its weight
constexpr std::size_t default_width = 80;

std::size_t terminal_width() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return default_width;
}

// A closed or full standard error is no reason to stop downloading.
void write_error(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

std::string rate_text(double per_second) {
    std::array<char, 32> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), "%.1f/s", per_second);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

}  // namespace

double rate_meter::update(std::uint64_t done, time_point now) {
    const double seconds = std::chrono::duration<double>(now - last_).count();
    if (seconds > 0) {
        const double kept = std::exp(-seconds / rate_window);
        const double here = static_cast<double>(done - done_) / seconds;
        rate_ = rate_ * kept + here * (1 - kept);
        weight_ = weight_ * kept + (1 - kept);
        last_ = now;
        done_ = done;
    }
    return weight_ > 0 ? rate_ / weight_ : 0;
}

std::optional<std::chrono::seconds> time_left(const progress_reading& reading) {
    constexpr double longest = 1000.0 * 3600;
    const std::uint64_t done = reading.stored + reading.failed;
    if (!reading.is_total_known) {
        return std::nullopt;
    }
    if (done >= reading.total) {
        return 0s;
    }
    const double seconds = static_cast<double>(reading.total - done) / reading.per_second;
    if (!(seconds < longest)) {  // also when nothing has been done yet
        return std::nullopt;
    }
    return std::chrono::seconds(std::lround(std::ceil(seconds)));
}

std::string progress_line(const progress_reading& reading, std::size_t width) {
    const auto left = time_left(reading);
    std::string line =
        std::to_string(reading.stored + reading.failed) + "/" + std::to_string(reading.total) +
        (reading.is_total_known ? "" : "+") + " done  " + rate_text(reading.per_second) + "  " +
        std::to_string(reading.in_flight) + " in flight  " + std::to_string(reading.failed) +
        " failed  ETA " + (left ? clock_text(*left) : "-:--") + "  " + bytes_text(reading.bytes);
    if (reading.failed_attempts > 0) {
        line += "  " + std::to_string(reading.failed_attempts) + " failed attempts";
    }
    if (width > 0 && line.size() > width) {
        line.resize(width);
    }
    return line;
}

progress_display::style progress_display::style_for_terminal() {
    const char* const terminal = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
    const bool is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
    return isatty(STDERR_FILENO) == 1 && !is_dumb ? style::live : style::plain;
}

progress_display::progress_display(const progress_counters& counters, style how)
    : counters_(counters), style_(how), meter_(std::chrono::steady_clock::now()) {
    if (style_ != style::none) {
        thread_ = std::thread(&progress_display::run, this);
    }
}

progress_display::~progress_display() {
    abandon();
}

void progress_display::run() {
    const auto interval = style_ == style::live ? std::chrono::milliseconds(live_interval)
                                                : std::chrono::milliseconds(plain_interval);
    std::unique_lock lock(mutex_);
    if (style_ == style::live) {
        draw();
    }
    while (!wake_.wait_for(lock, interval, [this] { return is_stopped_; })) {
        draw();
    }
}

progress_reading progress_display::read() {
    constexpr auto order = std::memory_order_relaxed;
    progress_reading reading{.total = counters_.total.load(order),
                             .is_total_known = counters_.is_total_known.load(order),
                             .stored = counters_.stored.load(order),
                             .failed = counters_.failed.load(order),
                             .in_flight = counters_.in_flight.load(order),
                             .failed_attempts = counters_.failed_attempts.load(order),
                             .bytes = counters_.bytes.load(order)};
    reading.per_second =
        meter_.update(reading.stored + reading.failed, std::chrono::steady_clock::now());
    return reading;
}

// With mutex_ held. A live line stops one column short of the edge, where terminals would wrap.
void progress_display::draw() {
    if (style_ == style::live) {
        write_error("\r" + progress_line(read(), std::max<std::size_t>(terminal_width(), 2) - 1) +
                    "\x1b[K");
        has_line_ = true;
    } else {
        write_error(progress_line(read()) + "\n");
    }
}

void progress_display::say(const std::string& line) {
    const std::scoped_lock lock(mutex_);
    if (has_line_) {
        write_error("\r\x1b[K");
    }
    write_error(line + "\n");
    if (has_line_) {
        draw();
    }
}

void progress_display::stop() {
    {
        const std::scoped_lock lock(mutex_);
        is_stopped_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void progress_display::finish() {
    const bool was_running = thread_.joinable();
    stop();
    if (was_running) {
        const std::scoped_lock lock(mutex_);
        draw();
        if (has_line_) {
            write_error("\n");
            has_line_ = false;
        }
    }
}

void progress_display::abandon() {
    stop();
    const std::scoped_lock lock(mutex_);
    if (has_line_) {
        write_error("\r\x1b[K");
        has_line_ = false;
    }
}

}  // namespace fetch
