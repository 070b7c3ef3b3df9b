#ifndef PAIPA_TIME_HPP
#define PAIPA_TIME_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <chrono>

namespace paipa {

/// Every time span in the library; literals such as `5s` and `20ms` convert.
using duration = std::chrono::nanoseconds;

/// Every point in time, on the monotonic clock of the runtime (virtual in a simulation).
using time_point = std::chrono::time_point<std::chrono::steady_clock, duration>;

/// "No deadline".
inline constexpr time_point never = time_point::max();

/// `from + span`, without overflow: spans beyond the clock's range mean `never`.
constexpr time_point later(time_point from, duration span) noexcept {
    return span >= never - from ? never : from + span;
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
