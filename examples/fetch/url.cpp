#include "url.hpp"

#include "error.hpp"
#include "text.hpp"

#include <cerrno>
#include <cstddef>
#include <curl/curl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

namespace fetch {

namespace {

struct url_closer {
    void operator()(CURLU* handle) const noexcept { curl_url_cleanup(handle); }
};

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r\v\f";
    const std::size_t first = line.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

using url_handle = std::unique_ptr<CURLU, url_closer>;

url_handle new_url_handle() {
    url_handle handle(curl_url());
    if (!handle) {
        throw std::bad_alloc();
    }
    return handle;
}

std::string url_part(CURLU* handle, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(handle, part, &text, flags) != CURLUE_OK) {
        return {};
    }
    std::string copy = text;
    curl_free(text);
    return copy;
}

input_error unreadable(const std::string& path, const std::string& why) {
    return input_error("cannot read the list '" + printable(path) + "': " + why);
}

}  // namespace

std::optional<std::string> url_problem(const std::string& text) {
    if (text.find('\0') != std::string::npos) {
        return "it contains a zero byte";
    }
    if (text.find("://") == std::string::npos) {
        return "it does not start with http://, https:// or file://";
    }
    const url_handle handle = new_url_handle();
    const CURLUcode code =
        curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK) {
        return curl_url_strerror(code);
    }
    const std::string scheme = url_part(handle.get(), CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https" && scheme != "file") {
        return "the scheme must be http, https or file, got '" + printable(scheme) + "'";
    }
    if (scheme != "file" && url_part(handle.get(), CURLUPART_HOST).empty()) {
        return "it has no host";
    }
    return std::nullopt;
}

bool is_file_url(const std::string& url) {
    const url_handle handle = new_url_handle();
    return curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
           url_part(handle.get(), CURLUPART_SCHEME) == "file";
}

std::string file_path(const std::string& url) {
    const url_handle handle = new_url_handle();
    if (curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        return {};
    }
    return url_part(handle.get(), CURLUPART_PATH, CURLU_URLDECODE);
}

std::vector<std::string> read_url_list(std::istream& in, const std::string& name) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::vector<std::string> urls;
    std::unordered_set<std::string> seen;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (number == 1 && line.starts_with(byte_order_mark)) {
            line.erase(0, byte_order_mark.size());
        }
        std::string url(trimmed(line));
        if (url.empty() || url.front() == '#') {
            continue;
        }
        if (const auto problem = url_problem(url)) {
            throw input_error(name + ":" + std::to_string(number) + ": not a URL: '" +
                              printable(url) + "': " + *problem);
        }
        if (seen.insert(url).second) {
            urls.push_back(std::move(url));
        }
    }
    if (in.bad()) {
        throw unreadable(name, std::generic_category().message(errno));
    }
    return urls;
}

std::vector<std::string> read_url_list_file(const std::string& path) {
    if (path == "-") {
        return read_url_list(std::cin, "standard input");
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        throw unreadable(path, "it is a directory");
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw unreadable(path, std::generic_category().message(errno));
    }
    return read_url_list(in, path);
}

}  // namespace fetch
