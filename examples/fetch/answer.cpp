#include "answer.hpp"

#include "error.hpp"
#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <curl/curl.h>
#include <curl/header.h>
#include <optional>
#include <string>
#include <system_error>

namespace fetch {

namespace {

constexpr long request_timeout = 408;
constexpr long too_early = 425;
constexpr long too_many_requests = 429;
constexpr long unavailable = 503;

bool is_transient(long status) {
    return (status >= 500 && status < 600) || status == request_timeout || status == too_early ||
           status == too_many_requests;
}

// The server's Date, so that a clock that is wrong on one side does no harm.
std::time_t time_of(CURL* easy) {
    const auto date = header_value(easy, "Date");
    const std::time_t sent = date ? curl_getdate(date->c_str(), nullptr) : -1;
    return sent == -1 ? std::time(nullptr) : sent;
}

}  // namespace

std::optional<std::string> header_value(CURL* easy, const char* name) {
    constexpr int last_request = -1;
    std::optional<std::string> all;
    curl_header* found = nullptr;
    for (std::size_t line = 0;
         curl_easy_header(easy, name, line, CURLH_HEADER, last_request, &found) == CURLHE_OK;
         ++line) {
        all = all ? *all + ", " + found->value : found->value;
    }
    return all;
}

std::optional<std::chrono::seconds> retry_after_pause(const std::string& value, std::time_t now) {
    constexpr std::chrono::seconds least{1};
    constexpr std::chrono::seconds most{std::chrono::hours{24 * 365}};
    const char* const end = value.data() + value.size();
    long long seconds = 0;
    const auto [behind, error] = std::from_chars(value.data(), end, seconds);
    if (error == std::errc::result_out_of_range) {
        return most;
    }
    if (error != std::errc{} || behind != end) {
        const std::time_t then = curl_getdate(value.c_str(), nullptr);
        if (then == -1) {
            return std::nullopt;
        }
        seconds = then - now;
    }
    return std::clamp(std::chrono::seconds(seconds), least, most);
}

void check_answer(CURL* easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) {
        return;
    }
    const std::string reason = "the server answered " + std::to_string(status);
    if (status == too_many_requests || status == unavailable) {
        const auto value = header_value(easy, "Retry-After");
        const auto pause = value ? retry_after_pause(*value, time_of(easy)) : std::nullopt;
        if (pause) {
            throw busy_error(reason + " with Retry-After: " + printable(*value, 40), *pause);
        }
    }
    if (is_transient(status)) {
        throw transient_error(reason);
    }
    throw permanent_error(reason);
}

}  // namespace fetch
