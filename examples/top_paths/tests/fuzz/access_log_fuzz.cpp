// Takes any bytes as a log, splits it into blocks and lines, and parses each line.
#include "access_log.hpp"
#include "blocks.hpp"
#include "target.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using fuzz::require;
using top_paths::parse_request;
using top_paths::request;

bool same(const std::optional<request>& a, const std::optional<request>& b) {
    return a.has_value() == b.has_value() &&
           (!a || (a->method == b->method && a->path == b->path && a->status == b->status &&
                   a->bytes == b->bytes));
}

bool lies_in(std::string_view part, std::string_view whole) {
    const std::less_equal<> not_behind;
    return not_behind(whole.data(), part.data()) &&
           not_behind(part.data() + part.size(), whole.data() + whole.size());
}

bool is_blank_or_control(unsigned char c) {
    return c <= 0x20 || c == 0x7f;
}

bool has_blanks_or_controls(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_blank_or_control);
}

bool has_the_form_of_a_path(const request& r) {
    const auto mark = r.path.find("://");
    const bool has_scheme = mark != std::string_view::npos && r.path.find('/') == mark + 1;
    return r.path[0] == '/' || r.path == "*" || r.method == "CONNECT" || (has_scheme && mark > 0);
}

// A line with the same request, and a query that is not part of its path.
std::string written(const request& r) {
    const std::string status = std::to_string(1000 + r.status).substr(1);
    return "h - - [t] \"" + std::string(r.method) + ' ' + std::string(r.path) +
           "?query HTTP/1.1\" " + status + ' ' + std::to_string(r.bytes);
}

void check_request(std::string_view text) {
    // This memory ends where the line ends, so the address sanitizer sees a read past it.
    const std::vector<char> exact(text.begin(), text.end());
    const std::string_view line(exact.data(), exact.size());
    const std::optional<request> found = parse_request(line);
    require(same(found, parse_request(line)), "the same line gives the same request");
    if (!found) {
        return;
    }
    require(lies_in(found->method, line) && lies_in(found->path, line), "views lie in the line");
    require(!found->method.empty(), "a method is not empty");
    require(!has_blanks_or_controls(found->method), "a method has no blanks");
    require(found->method.find('"') == std::string_view::npos, "a method has no quotes");
    require(!found->path.empty(), "a path is not empty");
    require(!has_blanks_or_controls(found->path), "a path has no blanks");
    require(found->path.find('?') == std::string_view::npos, "a path has no query");
    require(has_the_form_of_a_path(*found), "a path has one of its forms");
    require(found->status >= 0 && found->status <= 999, "a status has three digits");
    const std::string again = written(*found);
    require(same(found, parse_request(again)), "a line written from a request gives that request");
    const std::string longer = std::string(line) + " \"-\" \"agent\"";
    require(same(found, parse_request(longer)), "what stands behind a request is not looked at");
}

// A parser that refuses every line would pass `check_request`, so this line must be parsed.
void check_that_a_request_is_read(std::string_view text) {
    std::string target = "/";
    std::remove_copy_if(text.begin(), text.end(), std::back_inserter(target), is_blank_or_control);
    const std::string line = "h - - [t] \"GET " + target + " HTTP/1.1\" 200 5";
    const request want{
        .method = "GET",
        .path = std::string_view(target).substr(0, target.find('?')),
        .status = 200,
        .bytes = 5,
    };
    require(same(parse_request(line), want), "a well-formed line gives its request");
}

// The expected lines of a text, found without the program's code.
std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (line.ends_with('\r')) {
            line.pop_back();
        }
        lines.push_back(line);
    }
    return lines;
}

void check_blocks(const std::string& text, std::size_t size,
                  const std::vector<std::string>& lines) {
    std::istringstream in(text);
    std::size_t at = 0, line = 0;
    for (const top_paths::block& b : top_paths::read_blocks(&in, size)) {
        const std::string_view block(b.text.data(), b.text.size());
        require(!block.empty(), "a block is not empty");
        require(text.compare(at, block.size(), block) == 0, "blocks are pieces of the text");
        at += block.size();
        require(block.ends_with('\n') || at == text.size(), "a block ends with a line");
        for (const top_paths::line& l : top_paths::lines_of(b)) {
            require(line < lines.size() && l.text == lines[line], "blocks have the text's lines");
            require(l.number == ++line, "lines have their numbers");
        }
    }
    require(at == text.size() && line == lines.size(), "blocks have the whole text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const std::vector<std::string> lines = lines_of(text);
    check_request(text);
    for (const std::string& line : lines) {
        check_request(line);
        check_that_a_request_is_read(line);
    }
    // The hash picks any size, but always the same one for the same text.
    for (const std::size_t block :
         {std::size_t{1}, 1 + std::hash<std::string>{}(text) % (size + 1)}) {
        check_blocks(text, block, lines);
    }
    return 0;
}
