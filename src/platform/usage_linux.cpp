#include <paipa/time.hpp>

#include "usage.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <optional>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace paipa::platform {
namespace {

template <class TimeValue>
duration from(const TimeValue& t) {
    return std::chrono::seconds{t.tv_sec} + std::chrono::microseconds{t.tv_usec};
}

std::optional<std::int64_t> resident() noexcept {
    const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return {};
    }
    char text[96];
    const auto n = ::read(file, text, sizeof text - 1);
    ::close(file);
    text[n > 0 ? n : 0] = '\0';
    long total = 0;
    long pages = 0;
    if (std::sscanf(text, "%ld %ld", &total, &pages) != 2) {
        return {};
    }
    return static_cast<std::int64_t>(pages) * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

usage usage_now() noexcept {
    rusage thread{};  // NOLINT(misc-include-cleaner): <sys/resource.h> has it
    if (::getrusage(RUSAGE_THREAD, &thread) != 0) {
        return {.user = {}, .system = {}, .resident = resident()};
    }
    return {.user = from(thread.ru_utime), .system = from(thread.ru_stime), .resident = resident()};
}

// NOLINTBEGIN(misc-include-cleaner): <ctime> is the public header of these
std::optional<int> thread_clock() noexcept {
    clockid_t clock{};
    return ::pthread_getcpuclockid(::pthread_self(), &clock) == 0 ? std::optional<int>(clock)
                                                                  : std::nullopt;
}

std::optional<duration> read_clock(int clock) noexcept {
    timespec t{};
    if (::clock_gettime(clock, &t) != 0) {
        return {};
    }
    return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

// NOLINTEND(misc-include-cleaner)

std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    std::uint64_t count = 0;
    asm volatile("mrs %0, cntvct_el0" : "=r"(count));
    return count;
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

}  // namespace paipa::platform
