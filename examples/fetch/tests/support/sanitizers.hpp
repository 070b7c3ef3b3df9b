#ifndef PAIPA_FETCH_TESTS_SANITIZERS_HPP
#define PAIPA_FETCH_TESTS_SANITIZERS_HPP

#ifndef __has_feature
#define __has_feature(x) 0  // as g++ has it
#endif

namespace fetch_test {

/// Whether this build has the address or the thread sanitizer. They need far more memory than a
/// program without, and file descriptors of their own at any time.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool has_sanitizer = true;
#else
inline constexpr bool has_sanitizer = false;
#endif

}  // namespace fetch_test

#endif
