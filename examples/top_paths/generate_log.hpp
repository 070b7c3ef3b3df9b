#ifndef PAIPA_TOP_PATHS_GENERATE_LOG_HPP
#define PAIPA_TOP_PATHS_GENERATE_LOG_HPP

#include <cstdint>
#include <ostream>

namespace top_paths {

/// Writes an access log in the Combined Log Format: the same bytes for the same arguments, on every
/// system. One line in about a thousand is malformed.
void generate_log(std::ostream& out, std::uint64_t lines, std::uint64_t seed);

}  // namespace top_paths

#endif
