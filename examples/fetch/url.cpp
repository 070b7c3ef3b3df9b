#include "url.hpp"

#include "error.hpp"
#include "text.hpp"

#include <cstddef>
#include <curl/curl.h>
#include <memory>
#include <new>
#include <string>
#include <utility>

namespace fetch {

namespace {

struct url_closer {
    void operator()(CURLU* handle) const noexcept { curl_url_cleanup(handle); }
};

using url_handle = std::unique_ptr<CURLU, url_closer>;

void check_memory(CURLUcode code) {
    if (code == CURLUE_OUT_OF_MEMORY) {
        throw std::bad_alloc();
    }
}

url_handle new_url_handle() {
    url_handle handle(curl_url());
    if (!handle) {
        throw std::bad_alloc();
    }
    return handle;
}

CURLUcode set(const url_handle& handle, CURLUPart part, const char* text, unsigned flags = 0) {
    const CURLUcode code = curl_url_set(handle.get(), part, text, flags);
    check_memory(code);
    return code;
}

// Empty when the URL has no such part.
std::string get(const url_handle& handle, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    const CURLUcode code = curl_url_get(handle.get(), part, &text, flags);
    check_memory(code);
    if (code != CURLUE_OK) {
        return {};
    }
    const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
    return text;
}

void check_text(const std::string& text) {
    if (text.find('\0') != std::string::npos) {
        throw input_error("it contains a zero byte");
    }
    if (!is_utf8(text)) {
        throw input_error("it is not valid UTF-8; write such bytes in percent form, as in %FC");
    }
    const std::size_t scheme_end = text.find_first_of(":/?#");
    if (scheme_end == std::string::npos || text.compare(scheme_end, 3, "://") != 0) {
        throw input_error("it does not start with http://, https:// or file://");
    }
}

// Puts the digits of an IPv6 address, but not its zone, in lower case.
void lower_number(std::string& url) {
    const std::size_t path = url.find_first_of("/?", url.find("://") + 3);
    const std::size_t first = url.rfind('[', path);
    if (first != std::string::npos) {
        const std::size_t size = url.find_first_of("%]", first) - first;
        url.replace(first, size, lower_case(url.substr(first, size)));
    }
}

}  // namespace

page_url parse_url(const std::string& text) {
    check_text(text);
    const url_handle handle = new_url_handle();
    const CURLUcode code = set(handle, CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK) {
        throw input_error(curl_url_strerror(code));
    }
    const std::string scheme = get(handle, CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https" && scheme != "file") {
        throw input_error("the scheme must be http, https or file, got '" + printable(scheme) +
                          "'");
    }
    const std::string host = get(handle, CURLUPART_HOST);
    if (scheme == "file") {
        if (text.find('?') < text.find('#')) {
            throw input_error("a file's URL has no query; write %3F for a question mark");
        }
        return {.text = "file://" + get(handle, CURLUPART_PATH), .secret = {}};
    }
    if (host.empty() || text.compare(text.find("://") + 3, 1, "/") == 0) {
        throw input_error("it has no host");
    }
    if (!host.starts_with('[')) {  // setting that would take its zone off
        if (host.find('%') != std::string::npos) {
            throw input_error("its host has a percent sign");
        }
        if (percent_form(host) != host) {  // it came in percent form, which libcurl decodes
            throw input_error("its host has control characters, or is not valid UTF-8");
        }
        set(handle, CURLUPART_HOST, lower_case(host).c_str());
    }
    set(handle, CURLUPART_FRAGMENT, nullptr);
    page_url made{.text = get(handle, CURLUPART_URL, CURLU_NO_DEFAULT_PORT), .secret = {}};
    if (!get(handle, CURLUPART_PASSWORD).empty()) {
        made.secret = std::move(made.text);
        set(handle, CURLUPART_PASSWORD, nullptr);
        made.text = get(handle, CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
    }
    if (host.starts_with('[')) {
        lower_number(made.text);
        lower_number(made.secret);
    }
    return made;
}

std::string stored_form(const std::string& url) {
    if (url.find('@') == std::string::npos) {
        return percent_form(url);
    }
    const url_handle handle = new_url_handle();
    if (set(handle, CURLUPART_URL, url.c_str()) != CURLUE_OK ||
        get(handle, CURLUPART_PASSWORD).empty()) {
        return percent_form(url);
    }
    set(handle, CURLUPART_PASSWORD, nullptr);
    return percent_form(get(handle, CURLUPART_URL));
}

bool is_file_url(const page_url& url) {
    return url.text.starts_with("file:");
}

std::string file_path(const std::string& url) {
    const url_handle handle = new_url_handle();
    if (set(handle, CURLUPART_URL, url.c_str()) != CURLUE_OK) {
        return {};
    }
    return get(handle, CURLUPART_PATH, CURLU_URLDECODE);
}

}  // namespace fetch
