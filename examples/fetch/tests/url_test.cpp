#include "url.hpp"

#include "error.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace {

using fetch::url_problem;
using list = std::vector<std::string>;

list read(const std::string& text) {
    std::istringstream in(text);
    return fetch::read_url_list(in, "list.txt");
}

std::string error_of(const std::string& text) {
    try {
        read(text);
    } catch (const fetch::input_error& error) {
        return error.what();
    }
    return "no error";
}

TEST(url, takes_http_https_and_file) {
    for (const char* good :
         {"http://example.org", "https://example.org/a/b?c=d#e", "HTTP://EXAMPLE.org:8080/",
          "file:///etc/hostname", "http://[::1]:80/x", "https://user:word@example.org/"}) {
        EXPECT_EQ(url_problem(good), std::nullopt) << good;
    }
}

TEST(url, refuses_what_is_none) {
    for (const char* bad :
         {"", "example.org", "hello", "/etc/passwd", "http:/one.slash", "http://", "file:///a b",
          "http://a b/", "http://host:port/", "http://host:99999/", "mailto:a@b"}) {
        EXPECT_NE(url_problem(bad), std::nullopt) << bad;
    }
    EXPECT_NE(url_problem(std::string("http://a/\0b", 11)), std::nullopt);
}

TEST(url, refuses_other_schemes_by_name) {
    EXPECT_EQ(url_problem("ftp://example.org/"),
              "the scheme must be http, https or file, got 'ftp'");
    EXPECT_EQ(url_problem("gopher://x"), "the scheme must be http, https or file, got 'gopher'");
}

TEST(url, knows_the_path_of_a_file_url) {
    EXPECT_TRUE(fetch::is_file_url("FILE:///a%20b"));
    EXPECT_FALSE(fetch::is_file_url("http://file/"));
    EXPECT_EQ(fetch::file_path("file:///a%20b/c"), "/a b/c");
}

TEST(url_list, skips_blank_lines_and_comments) {
    EXPECT_EQ(read("\n# a comment\nhttp://a/\n   \n\t# another\nhttp://b/"),
              (list{"http://a/", "http://b/"}));
}

TEST(url_list, takes_blanks_and_carriage_returns_and_a_byte_order_mark_off) {
    EXPECT_EQ(read("\xEF\xBB\xBFhttp://a/\r\n  http://b/ \t\r\n"),
              (list{"http://a/", "http://b/"}));
}

TEST(url_list, keeps_each_url_once_in_order) {
    EXPECT_EQ(read("http://b/\nhttp://a/\nhttp://b/\nhttp://a/\n"),
              (list{"http://b/", "http://a/"}));
}

TEST(url_list, may_be_empty) {
    EXPECT_EQ(read(""), list{});
}

TEST(url_list, names_the_first_line_that_is_no_url) {
    EXPECT_EQ(error_of("http://a/\n\nnot a url\nalso none\n"),
              "list.txt:3: not a URL: 'not a url': it does not start with http://, https:// or "
              "file://");
}

TEST(url_list, shows_a_bad_line_fit_for_a_terminal) {
    EXPECT_EQ(error_of("\x1b[31mred\n"),
              "list.txt:1: not a URL: '?[31mred': it does not start with http://, https:// or "
              "file://");
    EXPECT_LT(error_of(std::string(5000, 'x')).size(), 300U);
}

TEST(url_list, comes_from_a_file) {
    const fetch_test::scratch_folder folder;
    EXPECT_EQ(fetch::read_url_list_file(folder.file("list", "http://a/\n")), list{"http://a/"});
}

TEST(url_list, says_why_a_file_cannot_be_read) {
    const fetch_test::scratch_folder folder;
    const std::string missing = folder / "missing";
    try {
        fetch::read_url_list_file(missing);
        FAIL() << "no error";
    } catch (const fetch::input_error& error) {
        EXPECT_EQ(error.what(),
                  "cannot read the list '" + missing + "': No such file or directory");
    }
    try {
        fetch::read_url_list_file("/");
        FAIL() << "no error";
    } catch (const fetch::input_error& error) {
        EXPECT_STREQ(error.what(), "cannot read the list '/': it is a directory");
    }
}

}  // namespace
