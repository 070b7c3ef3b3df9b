#include "print.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace top_paths {

namespace {

constexpr std::size_t longest_path = 60;

using row = std::array<std::string, 4>;

std::string percent(double share) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%.1f %%", 100 * share);
    return text.data();
}

}  // namespace

std::string printable(std::string_view text, std::size_t longest) {
    constexpr std::string_view cut_off = "...";
    std::string safe(text.substr(0, longest));
    if (text.size() > longest) {
        safe.replace(longest - cut_off.size(), cut_off.size(), cut_off);
    }
    constexpr char delete_character = '\x7f';
    std::replace_if(
        safe.begin(), safe.end(), [](unsigned char c) { return c < ' ' || c == delete_character; },
        '?');
    return safe;
}

void print_table(std::ostream& out, const std::vector<ranked_path>& paths) {
    if (paths.empty()) {
        out << "no requests\n";
        return;
    }
    std::vector<row> rows{{"path", "requests", "bytes", "share"}};
    for (const ranked_path& p : paths) {
        rows.push_back({printable(p.path, longest_path), std::to_string(p.total.requests),
                        std::to_string(p.total.bytes), percent(p.share)});
    }
    std::array<std::size_t, 4> widths{};
    for (const row& cells : rows) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            widths[i] = std::max(widths[i], cells[i].size());
        }
    }
    for (const row& cells : rows) {
        out << cells[0] << std::string(widths[0] - cells[0].size(), ' ');
        for (std::size_t i = 1; i < cells.size(); ++i) {
            out << std::string(2 + widths[i] - cells[i].size(), ' ') << cells[i];
        }
        out << '\n';
    }
}

}  // namespace top_paths
