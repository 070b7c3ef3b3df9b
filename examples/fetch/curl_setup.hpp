#ifndef PAIPA_FETCH_CURL_SETUP_HPP
#define PAIPA_FETCH_CURL_SETUP_HPP

namespace fetch {

/// libcurl's process-wide set-up; stays until the process ends.
/// Errors: `std::bad_alloc`.
void set_up_curl();

/// Whether an allocation has failed within libcurl on this thread since the last call. Needed
/// because libcurl says "out of memory" for a header that is too long as well.
bool take_failed_allocation() noexcept;

}  // namespace fetch

#endif
