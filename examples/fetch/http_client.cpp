#include "http_client.hpp"

#include "answer.hpp"
#include "curl_setup.hpp"
#include "descriptors.hpp"
#include "error.hpp"
#include "file_reader.hpp"
#include "page.hpp"
#include "response_sink.hpp"
#include "text.hpp"
#include "url.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <curl/curl.h>
#include <fcntl.h>
#include <memory>
#include <new>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#ifndef PAIPA_FETCH_VERSION
#define PAIPA_FETCH_VERSION "0"
#endif

namespace fetch {

namespace {

constexpr long max_redirects = 10;
constexpr long receive_size = 102'400;           // bytes at once, as the program curl has it
constexpr int longest_wait_milliseconds = 1000;  // libcurl shortens it to its own next time-out

// Why this process gets no file descriptor now; 0: it gets one.
int descriptor_problem() {
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return errno;
    }
    close(file);
    return 0;
}

// Makes a socket as libcurl does, and keeps what went wrong in the int that `error` points to.
curl_socket_t open_socket(void* error, curlsocktype /*purpose*/, curl_sockaddr* address) {
    const int made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made < 0) {
        *static_cast<int*>(error) = errno;
    }
    return made < 0 ? CURL_SOCKET_BAD : made;
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

std::string info_text(CURL* easy, CURLINFO what) {
    const char* text = nullptr;
    curl_easy_getinfo(easy, what, &text);
    return text != nullptr ? text : "";
}

// A header beyond libcurl's limit is "out of memory" to it, with nothing of the body yet.
bool is_long_header(CURLcode code, CURL* easy) {
    curl_off_t first_byte = 0;
    curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
    return code == CURLE_OUT_OF_MEMORY && !take_failed_allocation() && first_byte > 0;
}

}  // namespace

http_client::http_client(client_options options) : options_(std::move(options)) {
    set_up_curl();
    multi_.reset(curl_multi_init());
    easy_.reset(curl_easy_init());
    // A multi handle without the descriptors that wake it is of no use, but is made.
    if (!multi_ || !easy_ || curl_multi_wakeup(multi_.get()) != CURLM_OK) {
        check_exhaustion(descriptor_problem());
        throw std::bad_alloc();
    }
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                      static_cast<long>(options_.kept_connections));
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");  // never to a local file
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, max_redirects);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, receive_size);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    if (options_.is_insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!options_.ca_file.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
    add_headers();
    if (!options_.connect_to.empty()) {
        append(connect_to_, options_.connect_to);
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to_.get());
    }
    if (!options_.use_proxy) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
}

// What the user gives stands last, so that it takes the place of what libcurl would send.
void http_client::add_headers() {
    const std::string agent =
        options_.user_agent.empty() ? "paipa-fetch/" PAIPA_FETCH_VERSION : options_.user_agent;
    curl_easy_setopt(easy_.get(), CURLOPT_USERAGENT, agent.c_str());
    const auto is_encoding = [](const std::string& header) {
        return lower_case(header).starts_with("accept-encoding:");
    };
    if (std::none_of(options_.headers.begin(), options_.headers.end(), is_encoding)) {
        append(headers_, "Accept-Encoding: gzip");
    }
    for (const std::string& header : options_.headers) {
        append(headers_, header);
    }
    curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
}

void http_client::append(list& to, const std::string& text) {
    curl_slist* const longer = curl_slist_append(to.get(), text.c_str());
    if (longer == nullptr) {
        throw std::bad_alloc();
    }
    (void)to.release();
    to.reset(longer);
}

page http_client::get(const page_url& url, const std::stop_token& stop) {
    if (is_file_url(url)) {
        return get_file(url.text);
    }
    CURL* const easy = easy_.get();
    response_sink response(easy, options_.max_bytes);
    details_.front() = '\0';
    socket_error_ = 0;
    (void)take_failed_allocation();
    curl_easy_setopt(easy, CURLOPT_URL, url.address().c_str());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, details_.data());
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &socket_error_);

    page result;
    result.url = url.text;
    result.fetched_at = wall_clock::now();
    const CURLcode code = transfer(stop);
    if (code != CURLE_OK) {
        fail(code, response);
    }
    check_answer(easy);
    if (!response.is_whole()) {
        throw transient_error("the body ends early in its compression");
    }
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &result.status);
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &microseconds);
    result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::microseconds(microseconds));
    result.final_url = stored_form(info_text(easy, CURLINFO_EFFECTIVE_URL));
    result.type = percent_form(info_text(easy, CURLINFO_CONTENT_TYPE));
    result.body = response.take_body();
    result.hash = hash_text(result.body);
    return result;
}

page http_client::get_file(const std::string& url) const {
    page result;
    result.url = url;
    result.final_url = url;
    result.fetched_at = wall_clock::now();
    result.body = read_file(file_path(url), options_.max_bytes);
    result.hash = hash_text(result.body);
    result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(wall_clock::now() -
                                                                            result.fetched_at);
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

void http_client::fail(CURLcode code, const response_sink& response) const {
    using problem = response_sink::problem;
    const problem wrong = response.what_is_wrong();
    check_exhaustion(socket_error_ != 0 ? socket_error_ : descriptor_problem());
    if (std::string_view(details_.data()).find("thread failed to start") !=
        std::string_view::npos) {
        throw exhausted_error("cannot go on: no thread can be started to look up a host");
    }
    if (wrong == problem::large_header || is_long_header(code, easy_.get())) {
        throw permanent_error("the header is larger than " + bytes_text(response_sink::max_header));
    }
    if (code == CURLE_OUT_OF_MEMORY || wrong == problem::no_memory) {
        throw std::bad_alloc();
    }
    if (wrong == problem::large_body) {
        check_answer(easy_.get());  // a 503 with a long apology is a 503
        throw permanent_error("the body is larger than " + bytes_text(options_.max_bytes));
    }
    if (wrong == problem::unknown_encoding) {
        throw permanent_error("the body is compressed by '" + printable(response.encoding()) +
                              "', which this program cannot unpack");
    }
    if (wrong == problem::damaged_body) {
        throw permanent_error("the body's compression is damaged");
    }
    const std::string details =
        details_.front() != '\0' ? details_.data() : curl_easy_strerror(code);
    const std::string reason = printable(without_secret(details), 300);
    if (code == CURLE_SSL_CACERT_BADFILE && !options_.ca_file.empty()) {
        throw input_error("cannot use the certificates in '" + printable(options_.ca_file) +
                          "': " + reason);
    }
    if (is_transient(code)) {
        throw transient_error(reason);
    }
    throw permanent_error(reason);
}

}  // namespace fetch
