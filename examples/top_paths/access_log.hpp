#ifndef PAIPA_TOP_PATHS_ACCESS_LOG_HPP
#define PAIPA_TOP_PATHS_ACCESS_LOG_HPP

#include <cstdint>
#include <optional>
#include <string_view>

namespace top_paths {

/// One line of an access log, as far as it is counted; views into the line.
struct request {
    std::string_view method;  // a token of HTTP, not empty
    std::string_view path;    // the target without its query, which begins at '?'; not empty
    int status = 0;           // three digits; nginx writes 000 where no response was begun
    std::uint64_t bytes = 0;  // sent, without the headers; `-` in the log is 0
};

/// Reads a line of the Common Log Format, `host ident user [time] "GET /path HTTP/1.1" 200 1234`.
/// What stands behind that, as in the Combined one, is not looked at. Nothing for any other line.
/// A path begins with '/', or is another target that HTTP has: `http://host/path` of a proxy,
/// `host:port` of CONNECT, `*`. It has no blanks and no control characters.
std::optional<request> parse_request(std::string_view line);

}  // namespace top_paths

#endif
