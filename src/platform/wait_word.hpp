#ifndef PAIPA_PLATFORM_WAIT_WORD_HPP
#define PAIPA_PLATFORM_WAIT_WORD_HPP
#include <paipa/time.hpp>

#include <atomic>

/// Waiting on a word, all that the default runtime's `park` and `unpark` need of the platform.
/// Twins: `wait_word_linux.cpp` (futex), `wait_word_portable.cpp` (mutex and condition variable).
namespace paipa::platform {

/// Blocks while `word` holds `expected`, until `wake_word` or the time. May also return for no
/// reason.
void wait_word(std::atomic<int>& word, int expected, time_point until) noexcept;

/// Wakes the thread that waits on `word`. Uses the address of `word`, but does not touch the word.
void wake_word(std::atomic<int>& word) noexcept;

}  // namespace paipa::platform
#endif
