#ifndef PAIPA_FETCH_DESCRIPTORS_HPP
#define PAIPA_FETCH_DESCRIPTORS_HPP

#include <cstddef>

namespace fetch {

/// Makes room for the file descriptors that `threads` downloads need at most, by raising the soft
/// limit of this process as far as the hard one allows. Returns how many connections each download
/// may keep, 1 to 4. `more` are needed besides.
///
/// Errors: `input_error` when they do not fit, with how many threads would.
std::size_t reserve_descriptors(std::size_t threads, std::size_t more = 0);

/// Throws `exhausted_error` when `error`, an errno, says that this process or its machine has run
/// out of descriptors or memory.
void check_exhaustion(int error);

}  // namespace fetch

#endif
