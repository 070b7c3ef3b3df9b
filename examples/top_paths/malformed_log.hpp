#ifndef PAIPA_TOP_PATHS_MALFORMED_LOG_HPP
#define PAIPA_TOP_PATHS_MALFORMED_LOG_HPP

#include "blocks.hpp"

#include <cstdint>
#include <mutex>
#include <string>

namespace top_paths {

/// The lines that are no request: how many, and which came first in the file.
///
/// Threads: all members may be called concurrently.
class malformed_log {
public:
    void add(const line& l) {
        const std::scoped_lock lock(mutex_);
        if (count_++ == 0 || l.number < first_) {
            first_ = l.number;
            text_ = l.text;
        }
    }

    /// `3 malformed lines, the first in line 17: <its text>`; empty when there were none.
    [[nodiscard]] std::string summary() const;

private:
    mutable std::mutex mutex_;  // guards everything below
    std::uint64_t count_ = 0;
    std::uint64_t first_ = 0;
    std::string text_;
};

}  // namespace top_paths

#endif
