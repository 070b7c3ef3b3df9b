#ifndef PAIPA_FETCH_PAGE_HPP
#define PAIPA_FETCH_PAGE_HPP

#include <chrono>
#include <string>

namespace fetch {

using wall_clock = std::chrono::system_clock;

/// What one successful download brought.
struct page {
    std::string url;        // as the list has it: the key
    std::string final_url;  // after redirects
    long status = 0;        // HTTP status; 0 for file URLs, which have none
    std::string type;       // Content-Type; empty when the server sent none
    std::string body;       // decoded, at most client_options::max_bytes
    std::string hash;       // XXH3, 64 bits, 16 hexadecimal digits, of the body
    wall_clock::time_point fetched_at;
    std::chrono::milliseconds duration{0};  // from the request to the last byte
};

/// A URL that finally failed.
struct dead_url {
    std::string url;
    std::string reason;
    unsigned attempts = 0;
    wall_clock::time_point failed_at;
};

}  // namespace fetch

#endif
