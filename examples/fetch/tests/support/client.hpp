#ifndef PAIPA_FETCH_TESTS_CLIENT_HPP
#define PAIPA_FETCH_TESTS_CLIENT_HPP

#include "error.hpp"
#include "http_client.hpp"
#include "page.hpp"
#include "url.hpp"

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>

namespace fetch_test {

inline constexpr std::size_t small_limit = 1000;

inline fetch::http_client new_client(std::chrono::milliseconds timeout = std::chrono::minutes(1)) {
    return fetch::http_client({.timeout = timeout,
                               .connect_timeout = std::chrono::minutes(1),
                               .max_bytes = small_limit,
                               .connect_to = {},
                               .use_proxy = false});
}

inline fetch::page get(fetch::http_client& client, const std::string& url,
                       const std::stop_token& stop = {}) {
    return client.get(fetch::parse_url(url), stop);
}

inline fetch::page get(fetch::http_client&& client, const std::string& url,
                       const std::stop_token& stop = {}) {
    return get(client, url, stop);
}

/// "transient: <text>", "permanent: <text>" or "page <status>".
inline std::string outcome(fetch::http_client& client, const std::string& url) {
    try {
        return "page " + std::to_string(get(client, url).status);
    } catch (const fetch::transient_error& error) {
        return std::string("transient: ") + error.what();
    } catch (const fetch::permanent_error& error) {
        return std::string("permanent: ") + error.what();
    }
}

}  // namespace fetch_test

#endif
