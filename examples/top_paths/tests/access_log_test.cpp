#include "access_log.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>

namespace {

using top_paths::parse_request;
using top_paths::request;

constexpr const char* common =
    R"(192.0.2.1 - frank [10/Oct/2024:13:55:36 -0700] "GET /a/b.html?x=1 HTTP/1.1" 200 2326)";

TEST(access_log, reads_a_common_line) {
    const std::optional<request> found = parse_request(common);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->method, "GET");
    EXPECT_EQ(found->path, "/a/b.html");
    EXPECT_EQ(found->status, 200);
    EXPECT_EQ(found->bytes, 2326U);
}

TEST(access_log, reads_a_combined_line) {
    std::string combined = common;  // outlives the views into it
    combined += R"( "http://a/" "Agent \"x\" 1.0")";
    const auto found = parse_request(combined);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->path, "/a/b.html");
    EXPECT_EQ(found->bytes, 2326U);
}

TEST(access_log, takes_a_dash_for_no_bytes) {
    const auto found = parse_request(R"(h - - [t] "HEAD / HTTP/2.0" 304 -)");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->bytes, 0U);
}

// A line whose request is `text`.
std::string line_of(const std::string& text) {
    return "h - - [t] \"" + text + "\" 200 1";
}

// What was read as the path of that request, or `refused`.
std::string path_of(const std::string& text) {
    const std::string line = line_of(text);
    const auto found = parse_request(line);
    return found ? std::string(found->path) : "refused";
}

TEST(access_log, keeps_quotes_of_a_path) {
    EXPECT_EQ(path_of(R"(GET /a\"b\" HTTP/1.1)"), R"(/a\"b\")");
    EXPECT_EQ(path_of(R"(GET /a"b" HTTP/1.1)"), R"(/a"b")");
}

TEST(access_log, reads_every_form_of_a_target) {
    EXPECT_EQ(path_of("GET /?x HTTP/1.1"), "/");
    EXPECT_EQ(path_of("GET //a?x?y HTTP/1.1"), "//a");
    EXPECT_EQ(path_of("GET http://example.org/a?x HTTP/1.1"), "http://example.org/a");
    EXPECT_EQ(path_of("GET http://example.org?x HTTP/1.1"), "http://example.org");
    EXPECT_EQ(path_of("CONNECT example.org:443 HTTP/1.1"), "example.org:443");
    EXPECT_EQ(path_of("OPTIONS * HTTP/1.0"), "*");
    EXPECT_EQ(path_of("GET /a HTTP/2"), "/a");
}

TEST(access_log, refuses_a_target_without_a_path) {
    for (const std::string target : {"", " ", "?", "?x", "??", "?/a", "a", "a/b", "a/b://c", "://",
                                     "://a", "http:/", "http://", "http://?x", "#"}) {
        EXPECT_EQ(path_of("GET " + target + " HTTP/1.1"), "refused") << target;
    }
    EXPECT_EQ(path_of("CONNECT ?x HTTP/1.1"), "refused");
    EXPECT_EQ(path_of("CONNECT  HTTP/1.1"), "refused");
}

TEST(access_log, refuses_a_target_with_blanks_or_control_characters) {
    for (const std::string target :
         {"/a b", " /a", "/a ", "/a?x y", "/\t", "/a\rb", "/a\nb", "/\x7f", "/a HTTP/1.0"}) {
        EXPECT_EQ(path_of("GET " + target + " HTTP/1.1"), "refused") << target;
    }
    EXPECT_EQ(path_of("GET /" + std::string(1, '\0') + " HTTP/1.1"), "refused");
    EXPECT_EQ(path_of("GET /\xc3\xa4 HTTP/1.1"), "/\xc3\xa4");
}

TEST(access_log, refuses_what_is_no_method) {
    for (const std::string method : {"", " ", "\t", "\"", "-\"", R"(\x16\x03)", "G\tT", "G/T"}) {
        EXPECT_EQ(path_of(method + " / HTTP/1.1"), "refused") << method;
    }
    EXPECT_EQ(path_of("M-SEARCH / HTTP/1.1"), "/");
}

TEST(access_log, refuses_what_is_no_version) {
    for (const std::string version : {"", " ", "x", "1.1 ", "1.1 HTTP/1.1", "1.1\""}) {
        EXPECT_EQ(path_of("GET / HTTP/" + version), "refused") << version;
    }
}

TEST(access_log, reads_no_request_from_the_fields_behind_it) {
    EXPECT_FALSE(parse_request(R"(h - - [t] "-" 408 - "-" "x HTTP/1.1" 200 5)"));
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET /a" 400 5 "-" "x HTTP/1.1" 200 5)"));
}

TEST(access_log, reads_a_status_of_three_digits) {
    const auto found = parse_request(R"(h - - [t] "GET / HTTP/1.1" 000 0)");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->status, 0);
    for (const std::string status : {"", "-", "-12", "+12", "20", "2000", "2x0", " 20", "20 "}) {
        EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" )" + status + " 1")) << status;
    }
}

TEST(access_log, refuses_every_line_that_lacks_a_part) {
    const std::string whole = common;
    const auto bytes_begin = whole.rfind(' ') + 1;
    for (std::size_t length = 0; length <= bytes_begin; ++length) {
        EXPECT_FALSE(parse_request(whole.substr(0, length))) << whole.substr(0, length);
    }
}

TEST(access_log, refuses_what_is_no_number_of_bytes) {
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" 200 1x)"));
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" 200 -1)"));
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" 200 )"));
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" 200 99999999999999999999)"));
}

}  // namespace
