#ifndef PAIPA_FETCH_HTTP_CLIENT_HPP
#define PAIPA_FETCH_HTTP_CLIENT_HPP

#include "page.hpp"
#include "response_sink.hpp"
#include "url.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <curl/curl.h>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace fetch {

struct client_options {
    std::chrono::milliseconds timeout{30'000};          // one whole download
    std::chrono::milliseconds connect_timeout{10'000};  // name look-up, TCP and TLS
    std::size_t max_bytes = std::size_t{16} << 20;      // a larger body is a permanent error
    std::size_t kept_connections = 4;                   // to different servers
    std::vector<std::string> headers{};                 // "Name: value", of each request
    std::string user_agent{};                           // empty: this program's name
    std::string ca_file{};     // certificates to trust instead of the system's; empty: the system's
    bool is_insecure = false;  // trust any certificate
    std::string connect_to{};  // libcurl's HOST:PORT:HOST:PORT; empty: connect where the URL says
    bool use_proxy = true;     // whether the environment's http_proxy and its kin count
};

/// Downloads one URL after the other and keeps connections open between them.
///
/// Threads: one thread at a time; only the stop token may be used from others.
/// Cost:    up to `kept_connections` connections, TLS sessions, a name cache, until destroyed.
class http_client {
public:
    explicit http_client(client_options options);

    /// Returns the page when the server answered with 2xx, or the file could be read.
    ///
    /// Errors: `transient_error` (5xx, 408, 425, 429, time-outs, resets, look-up and connect
    ///         failures, a compressed body that ends early), `busy_error` (429 and 503 with
    ///         Retry-After), `permanent_error` (everything else that is the server's),
    ///         `exhausted_error` and `std::bad_alloc` (no file descriptors or memory left here),
    ///         `input_error` (no certificates in `ca_file`), `cancelled_error` at once when `stop`
    ///         is requested. The client can be used again after each of them.
    [[nodiscard]] page get(const page_url& url, const std::stop_token& stop = {});

private:
    struct easy_closer {
        void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    };

    struct multi_closer {
        void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
    };

    struct list_closer {
        void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
    };

    using list = std::unique_ptr<curl_slist, list_closer>;

    static void append(list& to, const std::string& text);
    void add_headers();
    [[nodiscard]] page get_file(const std::string& url) const;
    CURLcode transfer(const std::stop_token& stop);
    [[noreturn]] void fail(CURLcode code, const response_sink& response) const;

    client_options options_;
    std::array<char, CURL_ERROR_SIZE> details_{};  // libcurl writes why a download failed
    int socket_error_ = 0;                         // errno of a socket that could not be made
    list connect_to_;
    list headers_;
    std::unique_ptr<CURLM, multi_closer> multi_;  // keeps the connections
    std::unique_ptr<CURL, easy_closer> easy_;
};

}  // namespace fetch

#endif
