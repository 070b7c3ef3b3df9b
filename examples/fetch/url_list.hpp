#ifndef PAIPA_FETCH_URL_LIST_HPP
#define PAIPA_FETCH_URL_LIST_HPP

#include "line_reader.hpp"
#include "url.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

namespace fetch {

/// A line that is no URL: "list.txt:3: not a URL: 'hello': it does not start with ...".
struct bad_line {
    std::string text;
};

/// A line whose page an earlier line has named.
struct repeated_line {};

/// What a line of a list is.
using list_line = std::variant<page_url, bad_line, repeated_line>;

/// A file with one URL a line, or standard input, read as it comes.
///
/// Blank lines and lines that start with '#' are skipped; blanks around a URL, carriage returns
/// and a byte order mark are taken off. `name` stands in messages for the list.
/// Threads: one thread at a time; only the stop token may be used from others.
/// Cost:    about 50 bytes for each page, to know it again.
class url_list {
public:
    /// `-` means standard input.
    /// Errors: `input_error` when the file cannot be read.
    explicit url_list(const std::string& path);
    url_list(const url_list&) = delete;
    url_list& operator=(const url_list&) = delete;
    ~url_list();

    /// The next line; nullopt behind the last one, and once `stop` is requested.
    /// Errors: `input_error` when the file cannot be read.
    [[nodiscard]] std::optional<list_line> next(const std::stop_token& stop = {});

    /// How many lines are no comments, when that is known: of a file it is, of a pipe not.
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }

private:
    struct digest {  // XXH3, 128 bits, of a page's URL: two pages have not the same one
        std::uint64_t low;
        std::uint64_t high;
        bool operator==(const digest&) const = default;
    };

    struct digest_hash {
        std::size_t operator()(const digest& of) const noexcept { return of.low; }
    };

    list_line read_line(const std::string& line, bool is_cut);

    std::string name_;
    int file_ = -1;
    std::optional<std::uint64_t> size_;
    std::optional<line_reader> lines_;
    std::uint64_t number_ = 0;  // of the last line
    std::unordered_set<digest, digest_hash> seen_;
};

/// All pages of a list in the order of their first lines.
/// Errors: `input_error` for the first line that is no URL.
std::vector<page_url> read_strictly(url_list& list, const std::stop_token& stop = {});

}  // namespace fetch

#endif
