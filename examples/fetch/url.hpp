#ifndef PAIPA_FETCH_URL_HPP
#define PAIPA_FETCH_URL_HPP

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace fetch {

/// Says why `text` is not a URL that can be fetched; nullopt when it is one.
///
/// A URL here has the scheme http, https or file; http and https need a host.
std::optional<std::string> url_problem(const std::string& text);

[[nodiscard]] bool is_file_url(const std::string& url);

/// The path that a file URL names, percent signs decoded.
[[nodiscard]] std::string file_path(const std::string& url);

/// Reads a list of URLs: one a line, each kept once, in the order of its first line.
///
/// Blank lines and lines that start with '#' are skipped; blanks around a URL, carriage returns
/// and a byte order mark are taken off. `name` stands in messages for the list.
/// Errors: `input_error` with the line's number for the first line that is no URL.
std::vector<std::string> read_url_list(std::istream& in, const std::string& name);

/// The same from a file; `-` means standard input.
/// Errors: also `input_error` when the file cannot be read.
std::vector<std::string> read_url_list_file(const std::string& path);

}  // namespace fetch

#endif
