#ifndef PAIPA_TOP_PATHS_OPTIONS_HPP
#define PAIPA_TOP_PATHS_OPTIONS_HPP

#include "count.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace top_paths {

/// What the command line says.
struct options {
    std::string log = "-";  // file, "-" for standard input
    count_options count{};
    std::optional<std::uint64_t> generate{};  // lines to write instead
    std::uint64_t seed = 1;
};

/// Either options to run with, or a text to print before ending with `status`.
struct parsed_options {
    std::optional<options> run{};
    std::string text{};  // to standard output when status is 0, else one line for standard error
    int status = 0;
};

parsed_options parse_options(int argc, const char* const* argv);

}  // namespace top_paths

#endif
