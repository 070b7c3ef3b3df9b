#include "text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace paipa {
namespace {

/// The width in characters, not in bytes.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

std::string blanks(const std::string& text, std::size_t wide) {
    return std::string(wide - width(text), ' ');
}

}  // namespace

std::vector<std::string> text_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const auto& row : rows) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            widths[c] = std::max(widths[c], width(row[c]));
        }
    }
    std::vector<std::string> lines;
    for (const auto& row : rows) {
        std::string line = row[0] + blanks(row[0], widths[0]);
        for (std::size_t c = 1; c < row.size(); ++c) {
            line += "  " + blanks(row[c], widths[c]) + row[c];
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string number(double value, const char* format) {
    char text[48];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

}  // namespace paipa
