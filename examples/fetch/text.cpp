#include "text.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <xxhash.h>

namespace fetch {

namespace {

template <class... Args>
std::string formatted(const char* format, Args... args) {
    std::array<char, 64> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), format, args...);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

}  // namespace

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
    for (char& c : out) {
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20 || code == 0x7f) {
            c = '?';
        }
    }
    return out;
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
