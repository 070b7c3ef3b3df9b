#ifndef PAIPA_TOP_PATHS_ACCESS_LOG_HPP
#define PAIPA_TOP_PATHS_ACCESS_LOG_HPP

#include <cstdint>
#include <optional>
#include <string_view>

namespace top_paths {

/// One line of an access log, as far as it is counted; views into the line.
struct request {
    std::string_view method;
    std::string_view path;  // without the query, which begins at '?'
    int status = 0;
    std::uint64_t bytes = 0;  // sent, without the headers; `-` in the log is 0
};

/// Reads a line of the Common Log Format, `host ident user [time] "GET /path HTTP/1.1" 200 1234`.
/// What stands behind that, as in the Combined one, is not looked at. Nothing for any other line.
std::optional<request> parse_request(std::string_view line);

}  // namespace top_paths

#endif
