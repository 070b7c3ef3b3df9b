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

TEST(access_log, keeps_spaces_and_quotes_of_a_path) {
    const auto found = parse_request(R"(h - - [t] "GET /a \"b\" HTTP/1.1" 200 1)");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->path, R"(/a \"b\")");
}

TEST(access_log, refuses_every_line_that_lacks_a_part) {
    const std::string whole = common;
    const auto bytes_begin = whole.rfind(' ') + 1;
    for (std::size_t length = 0; length <= bytes_begin; ++length) {
        EXPECT_FALSE(parse_request(whole.substr(0, length))) << whole.substr(0, length);
    }
}

TEST(access_log, refuses_what_is_no_number) {
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" 2x0 1)"));
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" 20 1)"));
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" 200 1x)"));
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET / HTTP/1.1" 200 99999999999999999999)"));
    EXPECT_FALSE(parse_request(R"(h - - [t] "GET  HTTP/1.1" 200 1)"));
}

}  // namespace
