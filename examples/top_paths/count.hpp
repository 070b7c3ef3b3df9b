#ifndef PAIPA_TOP_PATHS_COUNT_HPP
#define PAIPA_TOP_PATHS_COUNT_HPP

#include <paipa/report.hpp>

#include "blocks.hpp"
#include "steps.hpp"

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace top_paths {

/// How a log is counted.
struct count_options {
    selection wanted{};
    std::size_t top = 10;
    std::optional<std::size_t> threads{};  // none: all on the caller's thread
    bool debug = false;                    // without threads: logs what each step did
    std::size_t block_bytes = block_size;
};

struct count_result {
    std::vector<ranked_path> paths;
    std::string malformed;                  // see malformed_log
    std::optional<paipa::report> report{};  // of a run with threads
};

/// Reads a log to its end. Errors: what reading it throws.
count_result count_paths(std::istream& log, const count_options& chosen);

}  // namespace top_paths

#endif
