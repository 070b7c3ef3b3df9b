#include "text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <utf8.h>
#include <xxhash.h>

namespace fetch {

namespace {

template <class... Args>
std::string formatted(const char* format, Args... args) {
    std::array<char, 64> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), format, args...);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

// Calls `text_part` with each stretch of UTF-8, and `bad` with each byte between them.
template <class F, class G>
void split_utf8(std::string_view text, F text_part, G bad) {
    while (!text.empty()) {
        const auto* const end = text.data() + text.size();
        const auto* const wrong = utf8::find_invalid(text.data(), end);
        const auto length = static_cast<std::size_t>(wrong - text.data());
        text_part(text.substr(0, length));
        if (wrong == end) {
            return;
        }
        bad(static_cast<unsigned char>(*wrong));
        text.remove_prefix(length + 1);
    }
}

// U+0000 to U+001F, U+007F to U+009F: what a terminal may obey.
bool is_control(std::uint32_t character) {
    return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

// Calls `visit` with each character of `text`, which is UTF-8, and whether it is a control
// character.
template <class F>
void split_characters(std::string_view text, F visit) {
    for (const char* at = text.data(); at != text.data() + text.size();) {
        const char* const begin = at;
        const bool is_one = is_control(utf8::unchecked::next(at));
        visit(std::string_view(begin, static_cast<std::size_t>(at - begin)), is_one);
    }
}

}  // namespace

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

bool is_utf8(std::string_view text) {
    return utf8::is_valid(text.begin(), text.end());
}

std::string percent_form(std::string_view text) {
    std::string out;
    const auto add_byte = [&](unsigned char byte) { out += formatted("%%%02X", byte); };
    const auto add_character = [&](std::string_view one, bool is_control) {
        if (!is_control) {
            out += one;
            return;
        }
        for (const char byte : one) {
            add_byte(static_cast<unsigned char>(byte));
        }
    };
    split_utf8(
        text, [&](std::string_view part) { split_characters(part, add_character); }, add_byte);
    return out;
}

std::string without_secret(const std::string& text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string::npos) {
        return text;
    }
    const std::size_t mark = text.find("://");
    const std::size_t begin = mark == std::string::npos || mark > at ? 0 : mark + 3;
    return text.substr(0, begin) + "..." + text.substr(at);
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    if (text.size() > limit && limit > 3) {
        const std::size_t kept = limit - 3;
        out.append(text.substr(0, kept - kept / 2));
        out.append("...");
        out.append(text.substr(text.size() - kept / 2));
    } else {
        out = text;
    }
    std::string shown;
    const auto add = [&](std::string_view one, bool is_control) {
        shown += is_control ? "?" : one;
    };
    split_utf8(
        out, [&](std::string_view part) { split_characters(part, add); },
        [&](unsigned char) { shown += '?'; });
    return shown;
}

std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 1024) {
        return std::to_string(bytes) + " B";
    }
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB"};
    auto amount = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (amount >= 1024 && unit + 1 < units.size()) {
        amount /= 1024;
        ++unit;
    }
    return formatted("%.1f %s", amount, units[unit]);
}

std::string clock_text(std::chrono::seconds time) {
    const auto all = static_cast<long long>(time.count());
    if (all >= 3600) {
        return formatted("%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
    }
    return formatted("%lld:%02lld", all / 60, all % 60);
}

std::string seconds_text(std::chrono::duration<double> time) {
    return formatted("%.1f s", time.count());
}

std::string utc_text(std::chrono::system_clock::time_point time) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const auto whole = static_cast<std::time_t>(seconds.count());
    std::tm parts{};
    gmtime_r(&whole, &parts);
    return formatted("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     static_cast<int>((since - seconds).count()));
}

std::string hash_text(std::string_view bytes) {
    return formatted("%016llx",
                     static_cast<unsigned long long>(XXH3_64bits(bytes.data(), bytes.size())));
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace fetch
