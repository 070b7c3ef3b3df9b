#ifndef PAIPA_FETCH_URL_HPP
#define PAIPA_FETCH_URL_HPP

#include <string>

namespace fetch {

/// A URL that can be fetched, in one form for all that name the same page.
struct page_url {
    /// Scheme and host in lower case, without default port, fragment and password: what is stored
    /// and shown.
    std::string text;
    /// The same with its password; empty when there is none.
    std::string secret;

    /// What a request is made with.
    [[nodiscard]] const std::string& address() const { return secret.empty() ? text : secret; }
};

/// Reads a URL in UTF-8 with the scheme http, https or file; http and https need a host.
///
/// Errors: `input_error`, whose text says why it is none.
page_url parse_url(const std::string& text);

/// A URL of libcurl's as it may be stored: without password, valid UTF-8.
[[nodiscard]] std::string stored_form(const std::string& url);

[[nodiscard]] bool is_file_url(const page_url& url);

/// The path that a file URL names, percent signs decoded.
[[nodiscard]] std::string file_path(const std::string& url);

}  // namespace fetch

#endif
