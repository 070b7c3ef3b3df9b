#include "access_log.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace top_paths {

namespace {

// Cuts `field` and the mark behind it off the front of `text`; false when there is no such mark.
bool cut(std::string_view& text, std::string_view mark, std::string_view& field) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) {
        return false;
    }
    field = text.substr(0, at);
    text.remove_prefix(at + mark.size());
    return true;
}

template <class Number>
bool to_number(std::string_view digits, Number& number) {
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    return error == std::errc{} && stop == end;
}

}  // namespace

std::optional<request> parse_request(std::string_view line) {
    request found;
    std::string_view host, ident, user, time, version, status;
    const bool is_whole = cut(line, " ", host) && cut(line, " ", ident) && cut(line, " [", user) &&
                          cut(line, "] \"", time) && cut(line, " ", found.method) &&
                          cut(line, " HTTP/", found.path) && cut(line, "\" ", version) &&
                          cut(line, " ", status);
    if (!is_whole || found.path.empty() || status.size() != 3 || !to_number(status, found.status)) {
        return std::nullopt;
    }
    const std::string_view bytes = line.substr(0, line.find(' '));
    if (bytes != "-" && !to_number(bytes, found.bytes)) {
        return std::nullopt;
    }
    found.path = found.path.substr(0, found.path.find('?'));
    return found;
}

}  // namespace top_paths
