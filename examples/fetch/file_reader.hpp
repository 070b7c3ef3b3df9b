#ifndef PAIPA_FETCH_FILE_READER_HPP
#define PAIPA_FETCH_FILE_READER_HPP

#include <cstddef>
#include <string>

namespace fetch {

/// Reads a regular file as a whole; never waits for a named pipe.
///
/// Errors: `permanent_error` when there is none, it cannot be read or is larger than `max_bytes`,
///         `exhausted_error` when no descriptor is left.
std::string read_file(const std::string& path, std::size_t max_bytes);

}  // namespace fetch

#endif
