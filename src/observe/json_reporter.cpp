#include <paipa/observe/json_reporter.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ios>
#include <iterator>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace paipa {
namespace {

/// The well-formed characters of more than one byte, by their first two (Unicode, table 3-7). All
/// further bytes are from 80 to BF.
struct form {
    unsigned first_from, first_to, second_from, second_to;
    std::size_t bytes;
};

constexpr form forms[] = {{0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
                          {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
                          {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
                          {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};

bool begins_with(std::string_view text, const form& f) {
    const auto is = [text](std::size_t i, unsigned from, unsigned to) {
        const unsigned byte = static_cast<unsigned char>(text[i]);
        return byte >= from && byte <= to;
    };
    if (text.size() < f.bytes || !is(0, f.first_from, f.first_to) ||
        !is(1, f.second_from, f.second_to)) {
        return false;
    }
    for (std::size_t i = 2; i < f.bytes; ++i) {
        if (!is(i, 0x80, 0xBF)) {
            return false;
        }
    }
    return true;
}

/// How many bytes at the beginning of the text are one character in UTF-8; 0 if they are none.
std::size_t character(std::string_view text) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
        return 1;
    }
    const auto* const found = std::find_if(std::begin(forms), std::end(forms),
                                           [text](const form& f) { return begins_with(text, f); });
    return found == std::end(forms) ? 0 : found->bytes;
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
        return "null";  // JSON has finite numbers only
    }
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 9);
    return {text, end.ptr};  // the same in every locale
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
