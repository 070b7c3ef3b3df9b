#ifndef PAIPA_PLATFORM_USAGE_HPP
#define PAIPA_PLATFORM_USAGE_HPP
#include <paipa/time.hpp>

#include <cstdint>
#include <optional>

/// What this thread has used, and a clock that costs next to nothing. Twins: `usage_linux.cpp`,
/// `usage_portable.cpp`.
namespace paipa::platform {

struct usage {
    std::optional<duration> user;          // of this thread
    std::optional<duration> system;        // of this thread
    std::optional<std::int64_t> resident;  // bytes, of the process
};

usage usage_now() noexcept;

/// This thread's clock of processor time, which any thread of the process may read.
std::optional<int> thread_clock() noexcept;

/// The time of a thread's clock. Empty if the thread has ended.
std::optional<duration> read_clock(int clock) noexcept;

/// A steady count in an unknown unit: the processor's own counter where there is one.
std::uint64_t ticks() noexcept;

}  // namespace paipa::platform
#endif
