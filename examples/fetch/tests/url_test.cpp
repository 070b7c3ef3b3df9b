#include "url.hpp"

#include "error.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace {

using fetch::parse_url;

std::string problem(const std::string& text) {
    try {
        return "none: " + parse_url(text).text;
    } catch (const fetch::input_error& error) {
        return error.what();
    }
}

TEST(url, takes_http_https_and_file) {
    for (const char* good :
         {"http://example.org/", "https://example.org/a/b?c=d", "http://example.org:8080/",
          "file:///etc/hostname", "http://[::1]:81/x", "https://user@example.org/"}) {
        EXPECT_EQ(parse_url(good).text, good);
        EXPECT_EQ(parse_url(good).address(), good);
    }
}

TEST(url, refuses_what_is_none) {
    for (const char* bad :
         {"", "example.org", "hello", "/etc/passwd", "http:/one.slash", "http://", "file:///a b",
          "http://a b/", "http://host:port/", "http://host:99999/", "mailto:a@b", "file:http://a/",
          "a?b=http://c/", "http://%25x/", "http:///etc/passwd", "https:////a", "file:///a?b"}) {
        EXPECT_FALSE(problem(bad).starts_with("none")) << bad;
    }
    EXPECT_EQ(problem(std::string("http://a/\0b", 11)), "it contains a zero byte");
}

TEST(url, refuses_other_schemes_by_name) {
    EXPECT_EQ(problem("ftp://example.org/"), "the scheme must be http, https or file, got 'ftp'");
    EXPECT_EQ(problem("gopher://x"), "the scheme must be http, https or file, got 'gopher'");
}

TEST(url, refuses_what_is_no_utf8) {
    EXPECT_EQ(problem("http://host/gr\xFC\xDF"),
              "it is not valid UTF-8; write such bytes in percent form, as in %FC");
    EXPECT_EQ(problem("http://%FF/"), "its host has control characters, or is not valid UTF-8");
    EXPECT_EQ(problem("http://a%7f/"), "its host has control characters, or is not valid UTF-8");
    EXPECT_EQ(parse_url("http://host/gr\xC3\xBC\xC3\x9F").text, "http://host/gr\xC3\xBC\xC3\x9F");
    EXPECT_EQ(parse_url("http://b\xC3\xBC"
                        "cher.test/")
                  .text,
              "http://b\xC3\xBC"
              "cher.test/");
}

TEST(url, has_one_form_for_one_page) {
    const std::map<std::string, std::string> forms{
        {"HTTP://EXAMPLE.org/A?B", "http://example.org/A?B"},
        {"http://example.org", "http://example.org/"},
        {"http://example.org:80/", "http://example.org/"},
        {"https://example.org:443/", "https://example.org/"},
        {"https://example.org:80/", "https://example.org:80/"},
        {"http://example.org/a#part", "http://example.org/a"},
        {"http://example.org/a?b#part?c", "http://example.org/a?b"},
        {"http://example.org/a/./b/../c", "http://example.org/a/c"},
        {"FILE:///A#b", "file:///A"},
        {"file://localhost/a#b?c", "file:///a"},
        {"file:///", "file:///"},
        {"http://[FE80::1%25Eth0]/A", "http://[fe80::1%25Eth0]/A"},
        {"http://[::FFFF:7f00:1]:80/[X]", "http://[::ffff:7f00:1]/[X]"}};
    for (const auto& [text, form] : forms) {
        EXPECT_EQ(parse_url(text).text, form);
        EXPECT_EQ(parse_url(form).text, form);
    }
}

TEST(url, keeps_a_password_for_the_request_alone) {
    const fetch::page_url url = parse_url("https://User:secret@Host/#x");
    EXPECT_EQ(url.text, "https://User@host/");
    EXPECT_EQ(url.address(), "https://User:secret@host/");
    EXPECT_EQ(parse_url("http://:secret@host/").text.find("secret"), std::string::npos);
    EXPECT_EQ(parse_url("http://user@host/").address(), "http://user@host/");
}

TEST(url, is_stored_without_password_and_as_utf8) {
    EXPECT_EQ(fetch::stored_form("http://user:secret@host/a"), "http://user@host/a");
    EXPECT_EQ(fetch::stored_form("http://host/\xFC"), "http://host/%FC");
    EXPECT_EQ(fetch::stored_form("http://u:secret@host/\xFC"), "http://u@host/%FC");
    EXPECT_EQ(fetch::stored_form("http://host/a#b"), "http://host/a#b");
}

TEST(url, knows_the_path_of_a_file_url) {
    EXPECT_TRUE(fetch::is_file_url(parse_url("FILE:///a%20b")));
    EXPECT_FALSE(fetch::is_file_url(parse_url("http://file/")));
    EXPECT_EQ(fetch::file_path("file:///a%20b/c"), "/a b/c");
}

}  // namespace
