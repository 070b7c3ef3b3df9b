#include "blocks.hpp"

#include <paipa/generator.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace top_paths {

namespace {

// Appends up to `size` bytes. Returns where the last line that is whole ends in `text`, 0 when no
// line does; at the end of the stream every line is whole.
std::size_t append(std::istream& in, std::vector<char>& text, std::size_t size) {
    const std::size_t before = text.size();
    text.resize(before + size);
    in.read(text.data() + before, static_cast<std::streamsize>(size));
    if (in.fail() && !in.eof()) {
        throw std::runtime_error("cannot read the log");
    }
    text.resize(before + static_cast<std::size_t>(in.gcount()));
    if (in.eof()) {
        return text.size();
    }
    const std::string_view added(text.data() + before, text.size() - before);
    const auto at = added.rfind('\n');
    return at == std::string_view::npos ? 0 : before + at + 1;
}

}  // namespace

paipa::generator<block> read_blocks(std::istream* in, std::size_t size) {
    std::uint64_t lines = 0;
    std::vector<char> text;
    while (!in->eof()) {
        const std::size_t whole = append(*in, text, size);
        if (whole == 0) {
            continue;
        }
        const auto end = text.begin() + static_cast<std::ptrdiff_t>(whole);
        std::vector<char> rest(end, text.end());
        text.erase(end, text.end());
        const auto ends = std::count(text.begin(), text.end(), '\n');
        block next{.text = std::move(text), .first_line = lines + 1};
        co_yield std::move(next);
        lines += static_cast<std::uint64_t>(ends);
        text = std::move(rest);
    }
}

std::vector<line> lines_of(const block& whole) {
    std::vector<line> lines;
    std::string_view rest(whole.text.data(), whole.text.size());
    while (!rest.empty()) {
        const std::size_t length = std::min(rest.find('\n'), rest.size());
        std::string_view text = rest.substr(0, length);
        if (text.ends_with('\r')) {
            text.remove_suffix(1);
        }
        lines.push_back({.text = text, .number = whole.first_line + lines.size()});
        rest.remove_prefix(std::min(length + 1, rest.size()));
    }
    return lines;
}

}  // namespace top_paths
