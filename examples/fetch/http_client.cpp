#include "http_client.hpp"

#include "error.hpp"
#include "page.hpp"
#include "text.hpp"
#include "url.hpp"

#include <chrono>
#include <cstddef>
#include <curl/curl.h>
#include <filesystem>
#include <memory>
#include <new>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#ifndef PAIPA_FETCH_VERSION
#define PAIPA_FETCH_VERSION "0"
#endif

namespace fetch {

namespace {

constexpr long max_redirects = 10;
constexpr int longest_wait_milliseconds = 1000;  // libcurl shortens it to its own next time-out

// libcurl's process-wide set-up; stays until the process ends.
void initialize_curl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) {
        throw std::bad_alloc();
    }
}

struct body_sink {
    std::string bytes;
    std::size_t limit;
    bool is_too_large = false;
    bool is_out_of_memory = false;
};

// Called from C: nothing may be thrown through it.
std::size_t append_body(const char* data, std::size_t one, std::size_t count, void* user) noexcept {
    auto& sink = *static_cast<body_sink*>(user);
    const std::size_t size = one * count;
    if (size > sink.limit - sink.bytes.size()) {
        sink.is_too_large = true;
        return 0;
    }
    try {
        sink.bytes.append(data, size);
    } catch (const std::bad_alloc&) {
        sink.is_out_of_memory = true;
        return 0;
    }
    return size;
}

bool is_transient(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_PARTIAL_FILE:
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_AGAIN:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_HTTP3:
        case CURLE_QUIC_CONNECT_ERROR:
        case CURLE_PROXY:
            return true;
        default:
            return false;
    }
}

bool is_transient_status(long status) {
    constexpr long request_timeout = 408;
    constexpr long too_early = 425;
    constexpr long too_many_requests = 429;
    return status >= 500 || status == request_timeout || status == too_early ||
           status == too_many_requests;
}

void check_status(long status) {
    if (status >= 200 && status < 300) {
        return;
    }
    const std::string reason = "the server answered " + std::to_string(status);
    if (is_transient_status(status)) {
        throw transient_error(reason);
    }
    throw permanent_error(reason);
}

// libcurl would wait for ever on a named pipe, and read a directory as an empty file.
void check_regular_file(const std::string& url) {
    const std::filesystem::path path = file_path(url);
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        throw permanent_error("no such file");
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw permanent_error("not a regular file");
    }
}

std::string info_text(CURL* easy, CURLINFO what) {
    const char* text = nullptr;
    curl_easy_getinfo(easy, what, &text);
    return text != nullptr ? text : "";
}

}  // namespace

http_client::http_client(client_options options) : options_(std::move(options)) {
    initialize_curl();
    multi_.reset(curl_multi_init());
    easy_.reset(curl_easy_init());
    if (!options_.connect_to.empty()) {
        connect_to_.reset(curl_slist_append(nullptr, options_.connect_to.c_str()));
    }
    if (!multi_ || !easy_ || (!options_.connect_to.empty() && !connect_to_)) {
        throw std::bad_alloc();
    }
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,file");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");  // never to a local file
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, max_redirects);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");  // whatever libcurl can decode
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "paipa-fetch/" PAIPA_FETCH_VERSION);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options_.max_bytes));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &append_body);
    if (connect_to_) {
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to_.get());
    }
    if (!options_.use_proxy) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
}

page http_client::get(const std::string& url, const std::stop_token& stop) {
    const bool is_file = is_file_url(url);
    if (is_file) {
        check_regular_file(url);
    }
    body_sink sink{.bytes = {}, .limit = options_.max_bytes};
    details_.front() = '\0';
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &sink);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, details_.data());

    page result;
    result.url = url;
    result.fetched_at = wall_clock::now();
    const CURLcode code = transfer(stop);
    if (sink.is_out_of_memory) {
        throw std::bad_alloc();
    }
    if (code != CURLE_OK) {
        fail(code, sink.is_too_large);
    }
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &result.status);
    if (!is_file) {
        check_status(result.status);
    }
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &microseconds);
    result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::microseconds(microseconds));
    result.final_url = info_text(easy, CURLINFO_EFFECTIVE_URL);
    result.type = info_text(easy, CURLINFO_CONTENT_TYPE);
    result.hash = hash_text(sink.bytes);
    result.body = std::move(sink.bytes);
    return result;
}

// One download on the multi handle, because a wait on that can be woken from another thread.
CURLcode http_client::transfer(const std::stop_token& stop) {
    CURLM* const multi = multi_.get();
    CURL* const easy = easy_.get();

    const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
    if (curl_multi_add_handle(multi, easy) != CURLM_OK) {
        throw std::bad_alloc();
    }
    const auto remove = [multi](CURL* handle) { curl_multi_remove_handle(multi, handle); };
    const std::unique_ptr<CURL, decltype(remove)> added(easy, remove);
    for (int running = 1; running > 0;) {
        if (stop.stop_requested()) {
            throw cancelled_error("cancelled");
        }
        if (curl_multi_perform(multi, &running) != CURLM_OK) {
            throw std::bad_alloc();
        }
        if (running > 0) {
            curl_multi_poll(multi, nullptr, 0, longest_wait_milliseconds, nullptr);
        }
    }
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(multi, &left);
    return message != nullptr ? message->data.result : CURLE_GOT_NOTHING;
}

void http_client::fail(CURLcode code, bool too_large) const {
    if (code == CURLE_OUT_OF_MEMORY) {
        throw std::bad_alloc();
    }
    if (too_large || code == CURLE_FILESIZE_EXCEEDED) {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        if (status != 0) {
            check_status(status);  // a 503 with a long apology is a 503
        }
        throw permanent_error("the body is larger than " + bytes_text(options_.max_bytes));
    }
    const std::string reason =
        printable(details_.front() != '\0' ? details_.data() : curl_easy_strerror(code), 300);
    if (is_transient(code)) {
        throw transient_error(reason);
    }
    throw permanent_error(reason);
}

}  // namespace fetch
