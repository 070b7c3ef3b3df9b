#include "malformed_log.hpp"

#include "print.hpp"

#include <cstddef>
#include <mutex>
#include <string>

namespace top_paths {

std::string malformed_log::summary() const {
    constexpr std::size_t longest_text = 60;
    const std::scoped_lock lock(mutex_);
    if (count_ == 0) {
        return {};
    }
    const std::string number = std::to_string(first_);
    const std::string text = printable(text_, longest_text);
    if (count_ == 1) {
        return "1 malformed line, in line " + number + ": " + text;
    }
    return std::to_string(count_) + " malformed lines, the first in line " + number + ": " + text;
}

}  // namespace top_paths
