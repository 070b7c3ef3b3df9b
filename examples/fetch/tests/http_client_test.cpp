#include "http_client.hpp"

#include "error.hpp"
#include "support/client.hpp"
#include "support/fault_server.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_folder.hpp"
#include "support/tls_server.hpp"
#include "text.hpp"
#include "url.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <map>
#include <stop_token>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

namespace {

using namespace std::chrono_literals;
using fetch::http_client;
using fetch_test::fault_server;
using fetch_test::get;
using fetch_test::manner;
using fetch_test::new_client;
using fetch_test::outcome;
using fetch_test::reply;
using fetch_test::request;
using fetch_test::small_limit;

bool is_transient(const std::string& text) {
    return text.starts_with("transient: ");
}

TEST(http_client, brings_body_status_type_hash_and_time) {
    fault_server server([](const request&) {
        return reply{.status = 201, .body = "hello", .type = "text/x-test"};
    });
    http_client client = new_client();
    const auto before = fetch::wall_clock::now();
    const fetch::page page = get(client, server.url("/a"));
    EXPECT_EQ(page.url, server.url("/a"));
    EXPECT_EQ(page.final_url, server.url("/a"));
    EXPECT_EQ(page.status, 201);
    EXPECT_EQ(page.type, "text/x-test");
    EXPECT_EQ(page.body, "hello");
    EXPECT_EQ(page.hash, fetch::hash_text("hello"));
    EXPECT_GE(page.fetched_at, before);
    EXPECT_LE(page.fetched_at, fetch::wall_clock::now());
    EXPECT_GE(page.duration, 0ms);
}

TEST(http_client, says_who_it_is) {
    fault_server server([](const request&) { return reply{}; });
    (void)get(new_client(), server.url("/"));
    const std::string head = server.head();
    EXPECT_NE(head.find("User-Agent: paipa-fetch/"), std::string::npos) << head;
}

TEST(http_client, keeps_its_connection) {
    fault_server server([](const request&) { return reply{.body = "x"}; });
    http_client client = new_client();
    for (int n = 0; n < 5; ++n) {
        EXPECT_EQ(get(client, server.url("/" + std::to_string(n))).body, "x");
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(http_client, takes_an_empty_body) {
    fault_server server([](const request&) { return reply{}; });
    const fetch::page page = get(new_client(), server.url("/"));
    EXPECT_EQ(page.body, "");
    EXPECT_EQ(page.hash, fetch::hash_text(""));
}

TEST(http_client, tells_transient_from_permanent_status) {
    fault_server server(
        [](const request& asked) { return reply{.status = std::stoi(asked.path.substr(1))}; });
    http_client client = new_client();
    for (const char* transient : {"408", "425", "429", "500", "502", "503", "504", "599"}) {
        EXPECT_EQ(outcome(client, server.url(std::string("/") + transient)),
                  std::string("transient: the server answered ") + transient);
    }
    for (const char* permanent :
         {"300", "304", "400", "401", "403", "404", "410", "451", "600", "999"}) {
        EXPECT_EQ(outcome(client, server.url(std::string("/") + permanent)),
                  std::string("permanent: the server answered ") + permanent);
    }
}

TEST(http_client, follows_redirects) {
    fault_server server([](const request& asked) {
        if (asked.path == "/old") {
            return reply{.status = 302, .headers = "Location: /new\r\n"};
        }
        return reply{.body = "moved here"};
    });
    const fetch::page page = get(new_client(), server.url("/old"));
    EXPECT_EQ(page.body, "moved here");
    EXPECT_EQ(page.url, server.url("/old"));
    EXPECT_EQ(page.final_url, server.url("/new"));
}

TEST(http_client, is_not_redirected_in_circles_nor_to_local_files) {
    const fetch_test::scratch_folder folder;
    const std::string secret = folder.file("secret", "secret");
    fault_server server([&](const request& asked) {
        const std::string to = asked.path == "/file" ? "file://" + secret : asked.path;
        return reply{.status = 302, .headers = "Location: " + to + "\r\n"};
    });
    http_client client = new_client();
    EXPECT_TRUE(outcome(client, server.url("/file")).starts_with("permanent: "));
    EXPECT_TRUE(outcome(client, server.url("/circle")).starts_with("permanent: "));
}

TEST(http_client, finds_resets_and_early_closes_transient) {
    const std::map<std::string, manner> manners{{"/reset", manner::reset},
                                                {"/reset_in_body", manner::reset_in_body},
                                                {"/cut_in_body", manner::cut_in_body}};
    fault_server server([&](const request& asked) {
        const auto found = manners.find(asked.path);
        return reply{.body = std::string(500, 'x'),
                     .how = found == manners.end() ? manner::whole : found->second};
    });
    http_client client = new_client();
    for (const auto& [path, how] : manners) {
        const std::string got = outcome(client, server.url(path));
        EXPECT_TRUE(is_transient(got)) << path << ": " << got;
    }
    EXPECT_EQ(outcome(client, server.url("/")), "page 200");
}

TEST(http_client, finds_a_refused_connection_and_an_unknown_host_transient) {
    std::string gone;
    {
        const fault_server server([](const request&) { return reply{}; });
        gone = server.url("/");
    }
    http_client client = new_client();
    EXPECT_TRUE(is_transient(outcome(client, gone)));
    EXPECT_TRUE(is_transient(outcome(client, "http://no-such-host.invalid/")));
}

TEST(http_client, times_out_before_and_within_a_body) {
    fault_server server([](const request& asked) {
        return reply{.body = "never seen as a whole",
                     .how = asked.path == "/in_body" ? manner::hold_in_body : manner::hold};
    });
    http_client client = new_client(50ms);
    EXPECT_TRUE(is_transient(outcome(client, server.url("/"))));
    EXPECT_TRUE(is_transient(outcome(client, server.url("/in_body"))));
}

TEST(http_client, waits_for_a_slow_body) {
    const std::string body(500, 's');
    fault_server server(
        [&](const request&) { return reply{.body = body, .how = manner::trickle}; });
    EXPECT_EQ(get(new_client(), server.url("/")).body, body);
}

TEST(http_client, takes_a_body_of_exactly_the_limit) {
    fault_server server([](const request& asked) {
        const std::size_t more = asked.path == "/more" ? 1 : 0;
        return reply{.body = std::string(small_limit + more, 'x')};
    });
    http_client client = new_client();
    EXPECT_EQ(outcome(client, server.url("/")), "page 200");
    EXPECT_EQ(outcome(client, server.url("/more")), "permanent: the body is larger than 1000 B");
}

TEST(http_client, gives_up_on_huge_bodies) {
    fault_server server([](const request& asked) {
        return reply{.status = asked.path == "/503" ? 503 : 200,
                     .how = asked.path == "/claim" ? manner::claims_too_much : manner::endless};
    });
    http_client client = new_client();
    EXPECT_EQ(outcome(client, server.url("/")), "permanent: the body is larger than 1000 B");
    EXPECT_EQ(outcome(client, server.url("/claim")), "permanent: the body is larger than 1000 B");
    // A long apology is still an apology.
    EXPECT_EQ(outcome(client, server.url("/503")), "transient: the server answered 503");
}

TEST(http_client, can_be_interrupted_while_it_waits) {
    fault_server server([](const request&) { return reply{.how = manner::hold}; });
    std::stop_source stop;
    std::exception_ptr thrown;
    std::thread waiting([&] {
        try {
            (void)get(new_client(), server.url("/"), stop.get_token());
        } catch (...) {
            thrown = std::current_exception();
        }
    });
    EXPECT_TRUE(server.wait_for_held(1));
    stop.request_stop();
    waiting.join();
    ASSERT_TRUE(thrown);
    EXPECT_THROW(std::rethrow_exception(thrown), fetch::cancelled_error);
}

TEST(http_client, does_not_start_once_interrupted) {
    fault_server server([](const request&) { return reply{}; });
    std::stop_source stop;
    stop.request_stop();
    http_client client = new_client();
    EXPECT_THROW((void)get(client, server.url("/"), stop.get_token()), fetch::cancelled_error);
    EXPECT_EQ(server.requests(), 0U);
}

TEST(http_client, reads_files) {
    const fetch_test::scratch_folder folder;
    http_client client = new_client();
    (void)folder.file("a b.txt", "content");
    const fetch::page page = get(client, "file://" + (folder / "a%20b.txt"));
    EXPECT_EQ(page.body, "content");
    EXPECT_EQ(page.status, 0);
    EXPECT_EQ(get(client, "file://" + folder.file("empty", "")).body, "");
    const std::string large = folder.file("large", std::string(small_limit + 1, 'x'));
    EXPECT_EQ(outcome(client, "file://" + large), "permanent: the body is larger than 1000 B");
}

TEST(http_client, finds_missing_and_special_files_permanent) {
    const fetch_test::scratch_folder folder;
    const std::string pipe = folder / "pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    http_client client = new_client();
    EXPECT_EQ(outcome(client, "file://" + (folder / "missing")), "permanent: no such file");
    EXPECT_EQ(outcome(client, "file://" + pipe), "permanent: not a regular file");
    EXPECT_EQ(outcome(client, "file:///"), "permanent: not a regular file");
}

TEST(http_client, connects_where_it_is_told) {
    fault_server server([](const request&) { return reply{.body = "here"}; });
    http_client client({.connect_to = "demo.test:80:127.0.0.1:" + std::to_string(server.port()),
                        .use_proxy = false});
    EXPECT_EQ(get(client, "http://demo.test/x").body, "here");
    const std::string head = server.head();
    EXPECT_NE(head.find("Host: demo.test\r\n"), std::string::npos) << head;
}

TEST(http_client, says_how_long_a_busy_server_wants_it_to_wait) {
    const std::map<std::string, std::string> headers{
        {"/429", "Retry-After: 7\r\n"},
        {"/503",
         "Date: Sat, 30 Nov 2024 12:00:00 GMT\r\n"
         "Retry-After: Sat, 30 Nov 2024 12:00:09 GMT\r\n"},
        {"/500", "Retry-After: 7\r\n"}};
    fault_server server([&](const request& asked) {
        return reply{.status = std::stoi(asked.path.substr(1)), .headers = headers.at(asked.path)};
    });
    http_client client = new_client();
    const auto busy = [&](const std::string& path) {
        try {
            return outcome(client, server.url(path));
        } catch (const fetch::busy_error& error) {
            return std::string(error.what()) + ": " + std::to_string(error.after.count());
        }
    };
    EXPECT_EQ(busy("/429"), "the server answered 429 with Retry-After: 7: 7");
    EXPECT_EQ(busy("/503"),
              "the server answered 503 with Retry-After: Sat, 30 Nov 2024 12:00:09 GMT: 9");
    EXPECT_EQ(busy("/500"), "transient: the server answered 500");
}

TEST(http_client, makes_utf8_of_what_servers_send) {
    fault_server server([](const request& asked) {
        if (asked.path == "/old") {
            return reply{.status = 302, .headers = "Location: /gr\xFC\xDF\r\n"};
        }
        return reply{.type = "text/pl\xE4in"};
    });
    http_client client = new_client();
    const fetch::page page = get(client, server.url("/old"));
    EXPECT_EQ(page.type, "text/pl%E4in");
    EXPECT_EQ(fetch::lower_case(page.final_url), server.url("/gr%fc%df"));
}

TEST(http_client, sends_a_password_and_keeps_none) {
    fault_server server([](const request& asked) {
        if (asked.path == "/old") {
            return reply{.status = 302, .headers = "Location: http://me:secret@127.0.0.1:1/\r\n"};
        }
        return reply{};
    });
    http_client client = new_client();
    const std::string url = server.url("/");
    const std::string host = url.substr(url.find("127"));
    const fetch::page page = get(client, "http://me:secret@" + host);
    EXPECT_EQ(page.url, "http://me@" + host);
    EXPECT_EQ(page.final_url, "http://me@" + host);
    EXPECT_NE(server.head().find("Authorization: Basic bWU6c2VjcmV0\r\n"), std::string::npos)
        << server.head();
    EXPECT_EQ(outcome(client, server.url("/old")).find("secret"), std::string::npos);
}

TEST(http_client, sends_the_headers_it_is_told) {
    fault_server server([](const request&) { return reply{}; });
    (void)get(http_client({.headers = {"Authorization: Bearer 123", "accept-encoding: x-gzip"},
                           .user_agent = "somebody/1",
                           .use_proxy = false}),
              server.url("/"));
    const std::string head = server.head();
    for (const char* line : {"Authorization: Bearer 123\r\n", "accept-encoding: x-gzip\r\n",
                             "User-Agent: somebody/1\r\n"}) {
        EXPECT_NE(head.find(line), std::string::npos) << head;
    }
    EXPECT_EQ(head.find("Accept-Encoding: gzip"), std::string::npos) << head;
}

TEST(http_client, trusts_a_certificate_when_it_is_told) {
    const fetch_test::tls_server server;
    const std::string url = server.url("/");
    http_client as_usual = new_client();
    EXPECT_TRUE(outcome(as_usual, url).starts_with("permanent: SSL certificate problem"));
    http_client insecure({.is_insecure = true, .use_proxy = false});
    EXPECT_EQ(outcome(insecure, url), "page 200");
    http_client by_file({.ca_file = server.certificate(), .use_proxy = false});
    EXPECT_EQ(outcome(by_file, url), "page 200");
    const fetch_test::scratch_folder folder;
    http_client by_nothing({.ca_file = folder.file("empty.pem", "nothing"), .use_proxy = false});
    EXPECT_THROW((void)get(by_nothing, url), fetch::input_error);
}

// The limit is this whole program's, so the server gets no connection either: it must not need one.
TEST(http_client, blames_no_server_when_descriptors_have_run_out) {
    if (fetch_test::has_sanitizer) {
        GTEST_SKIP() << "a sanitizer cannot do without file descriptors";
    }
    http_client client = new_client();
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit none{3, limit.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    std::string by_number;
    std::string by_name;
    std::string on_start;
    const auto exhausted = [](auto act) -> std::string {
        try {
            act();
        } catch (const fetch::exhausted_error& error) {
            return error.what();
        } catch (const std::exception& error) {
            return std::string("another error: ") + error.what();
        }
        return "no error";
    };
    by_number = exhausted([&] { (void)get(client, "http://127.0.0.1:9/"); });
    by_name = exhausted([&] { (void)get(client, "http://no-such-host.invalid/"); });
    on_start = exhausted([&] { (void)new_client(); });
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    const std::string expected = "cannot go on: Too many open files (ulimit -n)";
    EXPECT_EQ(by_number, expected);
    EXPECT_EQ(by_name, expected);
    EXPECT_EQ(on_start, expected);
}

}  // namespace
