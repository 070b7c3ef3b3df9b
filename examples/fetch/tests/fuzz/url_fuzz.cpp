// Takes any bytes as a list of URLs, and reads it in the program's way.
#include "error.hpp"
#include "line_reader.hpp"
#include "support/scratch_folder.hpp"
#include "target.hpp"
#include "text.hpp"
#include "url.hpp"
#include "url_list.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>

namespace {

using fuzz::require;

std::optional<fetch::page_url> parsed(const std::string& text) {
    try {
        return fetch::parse_url(text);
    } catch (const fetch::input_error& error) {
        require(fetch::is_utf8(error.what()), "a reason is UTF-8");
        return std::nullopt;
    }
}

void check_url(const fetch::page_url& url) {
    const std::string& text = url.text;
    require(fetch::is_utf8(text), "a stored URL is UTF-8");
    require(text.find('#') == std::string::npos, "a stored URL has no fragment");
    require(
        text.starts_with("http://") || text.starts_with("https://") || text.starts_with("file://"),
        "a scheme is in lower case");
    const auto again = parsed(text);
    require(again.has_value(), "a stored URL is a URL");
    require(again->text == text, "a stored URL is in its one form");
    require(again->secret.empty(), "a stored URL has no password");
    require(fetch::stored_form(url.address()) == text, "a request and its page are the same URL");
    require(fetch::is_file_url(url) == text.starts_with("file://"), "a file's URL is known");
    if (!url.secret.empty()) {
        const auto secret = parsed(url.secret);
        require(secret && secret->text == text && secret->secret == url.secret,
                "a URL with a password is in its one form");
    }
}

void check_text(const std::string& text) {
    require(fetch::is_utf8(fetch::printable(text)), "what is shown is UTF-8");
    require(fetch::printable(fetch::printable(text)) == fetch::printable(text),
            "what is shown is fit to be shown");
    const std::string form = fetch::percent_form(text);
    require(fetch::is_utf8(form), "a percent form is UTF-8");
    require(fetch::printable(form, form.size()) == form, "a percent form has no controls");
    require(fetch::percent_form(form) == form, "a percent form is its own percent form");
}

void check_list(const std::string& path) {
    fetch::url_list list(path);
    std::set<std::string> pages;
    std::uint64_t lines = 0;
    while (const auto line = list.next()) {
        ++lines;
        if (const auto* const page = std::get_if<fetch::page_url>(&*line)) {
            check_url(*page);
            require(pages.insert(page->text).second, "a page comes once");
        } else if (const auto* const bad = std::get_if<fetch::bad_line>(&*line)) {
            require(fetch::printable(bad->text, bad->text.size()) == bad->text,
                    "a bad line is shown fit for a terminal");
        }
    }
    require(list.size() == lines, "the size is the number of lines");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fetch_test::scratch_folder folder;
    const std::string text(data, data + size);
    check_text(text);
    if (const auto url = parsed(text)) {
        check_url(*url);
    }
    check_list(folder.file("list", text));
    return 0;
}
