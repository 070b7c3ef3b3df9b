#include "response_sink.hpp"

#include "http_client.hpp"
#include "support/client.hpp"
#include "support/fault_server.hpp"
#include "support/gzip.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using fetch::http_client;
using fetch_test::fault_server;
using fetch_test::get;
using fetch_test::manner;
using fetch_test::new_client;
using fetch_test::outcome;
using fetch_test::reply;
using fetch_test::request;
using fetch_test::small_limit;

TEST(response_sink, takes_no_endless_header) {
    fault_server server([](const request& asked) {
        if (asked.path == "/many") {
            std::string lines;
            for (int n = 0; n < 20'000; ++n) {
                lines += "Line-" + std::to_string(n) + ": of a header that is too long\r\n";
            }
            return reply{.headers = lines};
        }
        const std::size_t size = asked.path == "/fits" ? 90'000 : 1'000'000;
        return reply{.headers = "Long: " + std::string(size, 'x') + "\r\n"};
    });
    http_client client = new_client();
    EXPECT_EQ(outcome(client, server.url("/long")),
              "permanent: the header is larger than 100.0 KiB");
    EXPECT_EQ(outcome(client, server.url("/many")),
              "permanent: the header is larger than 100.0 KiB");
    EXPECT_EQ(outcome(client, server.url("/fits")), "page 200");
}

TEST(response_sink, unpacks_gzip_and_takes_nothing_that_ends_early) {
    const std::string packed = fetch_test::gzip(std::string(900, 'z'));
    fault_server server([&](const request& asked) {
        std::string body = packed;
        std::string encoding = "gzip";
        if (asked.path == "/cut") {
            body.resize(body.size() / 2);
        } else if (asked.path == "/empty" || asked.path == "/nothing") {
            body.clear();
        } else if (asked.path == "/damaged") {
            body = "this is no gzip at all";
        } else if (asked.path == "/bomb") {
            body = fetch_test::gzip(std::string(small_limit + 1, 'z'));
        } else if (asked.path == "/other") {
            encoding = "br";
        } else if (asked.path == "/twice") {
            encoding = "identity\r\nContent-Encoding: gzip";
        } else if (asked.path == "/none") {
            encoding = "identity";
        }
        const int status = asked.path == "/404" ? 404 : 200;
        return reply{.status = status,
                     .body = body,
                     .how = asked.path == "/nothing" ? manner::until_close : manner::whole,
                     .headers = "Content-Encoding: " + encoding + "\r\n"};
    });
    http_client client = new_client();
    EXPECT_EQ(get(client, server.url("/")).body, std::string(900, 'z'));
    EXPECT_NE(server.head().find("Accept-Encoding: gzip\r\n"), std::string::npos) << server.head();
    EXPECT_EQ(outcome(client, server.url("/cut")),
              "transient: the body ends early in its compression");
    EXPECT_EQ(outcome(client, server.url("/nothing")),
              "transient: the body ends early in its compression");
    EXPECT_EQ(outcome(client, server.url("/empty")), "page 200");
    EXPECT_EQ(outcome(client, server.url("/damaged")),
              "permanent: the body's compression is damaged");
    EXPECT_EQ(outcome(client, server.url("/bomb")), "permanent: the body is larger than 1000 B");
    EXPECT_EQ(outcome(client, server.url("/other")),
              "permanent: the body is compressed by 'br', which this program cannot unpack");
    EXPECT_EQ(outcome(client, server.url("/twice")),
              "permanent: the body is compressed by 'identity, gzip', which this program cannot "
              "unpack");
    EXPECT_EQ(outcome(client, server.url("/none")), "page 200");
    EXPECT_EQ(outcome(client, server.url("/404")), "permanent: the server answered 404");
}

}  // namespace
