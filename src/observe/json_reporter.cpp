#include <paipa/observe/json_reporter.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/time.hpp>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ios>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace paipa {
namespace {

/// How many bytes at the beginning of the text are one character in UTF-8; 0: it begins with none.
/// Overlong forms, surrogates and what is beyond U+10FFFF are none (RFC 3629, section 4).
std::size_t character(std::string_view text) {
    const auto byte = [text](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    };
    const auto continues = [&](std::size_t i, unsigned from = 0x80, unsigned to = 0xBF) {
        return byte(i) >= from && byte(i) <= to;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return continues(1) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool second = continues(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
        return second && continues(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool second = continues(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
        return second && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

/// Bytes that are no UTF-8 become U+FFFD, the replacement character.
std::string quoted(std::string_view text) {
    std::string json = "\"";
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t bytes = character(text);
        if (bytes == 0) {
            json += "\\ufffd";
        } else if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (bytes == 1 && static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            json += escape;
        } else {
            json += text.substr(0, bytes);
        }
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
    return json + '"';
}

std::string exact(double value) {
    if (!std::isfinite(value)) {
        return "null";  // JSON knows no others
    }
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 9);
    return {text, end.ptr};  // in whatever locale the host program runs
}

std::string seconds(duration d) {
    return exact(std::chrono::duration<double>(d).count());
}

std::string or_null(const std::optional<duration>& d) {
    return d ? seconds(*d) : "null";
}

}  // namespace

void json_reporter::show(std::span<const step_record> steps) {
    std::string line = "{\"steps\":[";
    for (const step_record& s : steps) {
        line += line.back() == '[' ? "{" : ",{";
        line +=
            "\"name\":" + quoted(s.name) + ",\"count\":" + std::to_string(s.count) +
            ",\"run_time\":" + seconds(s.run_time) + ",\"throughput\":" + exact(s.throughput) +
            ",\"user_cpu\":" + or_null(s.user_cpu) + ",\"system_cpu\":" + or_null(s.system_cpu) +
            ",\"calls\":" + (s.calls ? std::to_string(*s.calls) : "null") +
            ",\"calls_per_entry\":" + (s.calls_per_entry ? exact(*s.calls_per_entry) : "null") +
            ",\"memory_growth\":" + (s.memory_growth ? std::to_string(*s.memory_growth) : "null") +
            "}";
    }
    out_ << line << "]}\n" << std::flush;
    if (!out_) {
        throw std::ios_base::failure("paipa::json_reporter: show: the stream has failed");
    }
}

}  // namespace paipa
