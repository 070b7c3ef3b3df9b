#ifndef PAIPA_TOP_PATHS_PRINT_HPP
#define PAIPA_TOP_PATHS_PRINT_HPP

#include "steps.hpp"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace top_paths {

/// Text of a log as it may go to a terminal: on one line, without control characters, not longer
/// than `longest`.
std::string printable(std::string_view text, std::size_t longest);

/// A table with a line for each path, or `no requests`.
void print_table(std::ostream& out, const std::vector<ranked_path>& paths);

}  // namespace top_paths

#endif
