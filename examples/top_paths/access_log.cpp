#include "access_log.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace top_paths {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view digits_and_dot = "0123456789.";

// What a method consists of: RFC 9110, sections 5.6.2 and 9.1.
constexpr std::string_view token_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";

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

// Whether `text` has a character, and none but these.
bool consists_of(std::string_view text, std::string_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool has_blanks_or_controls(std::string_view text) {
    constexpr unsigned char delete_character = 0x7f;
    return std::any_of(text.begin(), text.end(),
                       [](unsigned char c) { return c <= ' ' || c == delete_character; });
}

// Whether a target without its query has one of the forms of RFC 9112, section 3.2: a path, the
// authority that CONNECT asks for, `*`, or a URI with its scheme.
bool is_path(std::string_view method, std::string_view text) {
    if (text.starts_with('/') || text == "*" || (method == "CONNECT" && !text.empty())) {
        return true;
    }
    constexpr std::string_view mark = "://";
    const auto at = text.find(mark);
    return at != 0 && at != std::string_view::npos && at + 1 == text.find('/') &&
           at + mark.size() < text.size();
}

template <class Number>
bool to_number(std::string_view text, Number& number) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end;
}

}  // namespace

std::optional<request> parse_request(std::string_view line) {
    request found;
    std::string_view host, ident, user, time, target, version, status;
    const bool is_whole = cut(line, " ", host) && cut(line, " ", ident) && cut(line, " [", user) &&
                          cut(line, "] \"", time) && cut(line, " ", found.method) &&
                          cut(line, " HTTP/", target) && cut(line, "\" ", version) &&
                          cut(line, " ", status);
    found.path = target.substr(0, target.find('?'));
    // A client may send anything, so each part is checked, not only its place in the line.
    if (!is_whole || !consists_of(found.method, token_characters) ||
        has_blanks_or_controls(target) || !is_path(found.method, found.path) ||
        !consists_of(version, digits_and_dot)) {
        return std::nullopt;
    }
    if (status.size() != 3 || !consists_of(status, digits) || !to_number(status, found.status)) {
        return std::nullopt;
    }
    const std::string_view bytes = line.substr(0, line.find(' '));
    if (bytes != "-" && !to_number(bytes, found.bytes)) {
        return std::nullopt;
    }
    return found;
}

}  // namespace top_paths
