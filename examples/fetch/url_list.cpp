#include "url_list.hpp"

#include "error.hpp"
#include "line_reader.hpp"
#include "text.hpp"
#include "url.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>
#include <xxhash.h>

namespace fetch {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r\v\f";
    const std::size_t first = line.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

// A line of the list, as the reader gives it.
class entry {
public:
    // Lines count from 1; only the first one may begin with a byte order mark.
    entry(std::string_view line, std::uint64_t number)
        : text_(trimmed(number == 1 && line.starts_with(byte_order_mark)
                            ? line.substr(byte_order_mark.size())
                            : line)),
          is_cut_(line.size() > line_reader::longest) {}

    [[nodiscard]] bool is_comment() const {
        return text_.empty() ? !is_cut_ : text_.front() == '#';
    }

    [[nodiscard]] bool is_cut() const { return is_cut_; }

    [[nodiscard]] std::string text() const { return std::string(text_); }

private:
    std::string_view text_;
    bool is_cut_;
};

input_error unreadable(const std::string& path, const std::string& why) {
    return input_error("cannot read the list '" + printable(path) + "': " + why);
}

void check_no_folder(int file) {
    struct stat found{};
    if (fstat(file, &found) == 0 && S_ISDIR(found.st_mode)) {
        throw std::system_error(EISDIR, std::generic_category());
    }
}

// Lines of a file that are no comments; its place is put back. Nullopt for what is no file.
std::optional<std::uint64_t> count_lines(int file) {
    struct stat found{};
    const off_t begin = lseek(file, 0, SEEK_CUR);
    if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode) || begin < 0) {
        return std::nullopt;
    }
    std::uint64_t count = 0;
    std::uint64_t number = 0;
    line_reader lines(file);
    while (const auto line = lines.next({})) {
        count += entry(*line, ++number).is_comment() ? 0U : 1U;
    }
    if (lseek(file, begin, SEEK_SET) != begin) {
        throw std::system_error(errno, std::generic_category());
    }
    return count;
}

}  // namespace

url_list::url_list(const std::string& path)
    : name_(path == "-" ? "standard input" : printable(path)),
      file_(path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                        : open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) {
        throw unreadable(path, std::generic_category().message(errno));
    }
    try {
        check_no_folder(file_);
        size_ = count_lines(file_);
        lines_.emplace(file_);
    } catch (const std::system_error& error) {
        close(file_);
        throw unreadable(path, error.code().message());
    }
}

url_list::~url_list() {
    close(file_);
}

std::optional<list_line> url_list::next(const std::stop_token& stop) {
    try {
        while (const auto line = lines_->next(stop)) {
            const entry here(*line, ++number_);
            if (!here.is_comment()) {
                return read_line(here.text(), here.is_cut());
            }
        }
    } catch (const std::system_error& error) {
        throw unreadable(name_, error.code().message());
    }
    return std::nullopt;
}

list_line url_list::read_line(const std::string& line, bool is_cut) {
    try {
        if (is_cut) {
            throw input_error("the line is longer than " + bytes_text(line_reader::longest));
        }
        page_url url = parse_url(line);
        const XXH128_hash_t hash = XXH3_128bits(url.text.data(), url.text.size());
        if (!seen_.insert({.low = hash.low64, .high = hash.high64}).second) {
            return repeated_line{};
        }
        return url;
    } catch (const input_error& error) {
        return bad_line{name_ + ":" + std::to_string(number_) + ": not a URL: '" +
                        printable(without_secret(line)) + "': " + error.what()};
    }
}

std::vector<page_url> read_strictly(url_list& list, const std::stop_token& stop) {
    std::vector<page_url> pages;
    while (auto line = list.next(stop)) {
        if (const auto* const bad = std::get_if<bad_line>(&*line)) {
            throw input_error(bad->text);
        }
        if (auto* const page = std::get_if<page_url>(&*line)) {
            pages.push_back(std::move(*page));
        }
    }
    return pages;
}

}  // namespace fetch
