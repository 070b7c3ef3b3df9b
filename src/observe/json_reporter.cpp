#include <paipa/observe/json_reporter.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/time.hpp>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ios>
#include <optional>
#include <ostream>
#include <span>
#include <string>

namespace paipa {
namespace {

std::string quoted(const std::string& text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            json += escape;
        } else {
            json += c;
        }
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
