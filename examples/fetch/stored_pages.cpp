#include "stored_pages.hpp"

#include <string>

namespace fetch {

bool stored_pages::has(const std::string& url) {
    if (is_empty_) {
        return false;
    }
    find_.bind(1, url);
    const bool found = find_.step();
    find_.reset();
    return found;
}

}  // namespace fetch
