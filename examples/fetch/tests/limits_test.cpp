#include "support/database.hpp"
#include "support/fault_server.hpp"
#include "support/faulty_site.hpp"
#include "support/gzip.hpp"
#include "support/process.hpp"
#include "support/sanitizers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace {

using fetch_test::count_rows;
using fetch_test::database;
using fetch_test::eventually;
using fetch_test::faulty_site;
using fetch_test::manner;
using fetch_test::outcome;
using fetch_test::process;
using fetch_test::reply;
using fetch_test::request;
using fetch_test::start_options;

constexpr int some_failed_status = 1;
constexpr int input_status = 2;
constexpr int fatal_status = 3;

TEST(limits, on_descriptors_are_raised_as_far_as_they_may_be) {
    faulty_site site(300);
    start_options command = site.command({"--threads", "100"});
    command.open_files = 4096;
    command.open_files_at_first = 100;
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, 0) << ended.err;
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(limits, on_descriptors_refuse_threads_that_do_not_fit) {
    faulty_site site(10);
    start_options command = site.command({"--threads", "1000"});
    command.open_files = 1024;
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, input_status);
    EXPECT_TRUE(ended.err.starts_with("paipa-fetch: --threads 1000 needs 70")) << ended.err;
    EXPECT_NE(ended.err.find(" file descriptors, the limit is 1024 (ulimit -n): --threads 14"),
              std::string::npos)
        << ended.err;
    EXPECT_EQ(site.server().requests(), 0U);
    EXPECT_FALSE(std::filesystem::exists(site.database_path()));

    const std::size_t at = ended.err.rfind("--threads ") + std::string("--threads ").size();
    const std::string fitting = ended.err.substr(at, ended.err.find(' ', at) - at);
    command.arguments[5] = fitting;
    EXPECT_EQ(fetch_test::run(command).status, 0);
}

TEST(limits, on_descriptors_that_let_nothing_through_are_told_at_once) {
    faulty_site site(1);
    start_options command = site.command();
    command.open_files = 20;
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, input_status);
    EXPECT_NE(ended.err.find("not even one thread fits"), std::string::npos) << ended.err;
}

TEST(limits, on_descriptors_that_are_reached_bury_no_url) {
    if (fetch_test::has_sanitizer) {
        GTEST_SKIP() << "a sanitizer cannot do without file descriptors";
    }
    std::atomic<bool> is_mended = false;
    faulty_site site(30, [&](const faulty_site& here, std::size_t number, const request&) {
        // The server closes after each answer, so the next page needs a connection.
        const manner how = number == 0 ? manner::hold : manner::until_close;
        return is_mended ? std::nullopt : std::optional(here.page_reply(number, how));
    });
    {
        process program(site.command({"--threads", "1"}));
        ASSERT_TRUE(site.server().wait_for_held(1));
        program.limit_open_files(5);
        site.server().release();
        const outcome ended = program.wait();
        EXPECT_EQ(ended.status, fatal_status);
        EXPECT_NE(ended.err.find("paipa-fetch: cannot go on: Too many open files (ulimit -n)"),
                  std::string::npos)
            << ended.err;
    }
    is_mended = true;
    EXPECT_EQ(count_rows(site.database_path(), "dead_letters"), 0);
    EXPECT_EQ(fetch_test::run(site.command()).status, 0);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(limits, on_memory_bury_no_url) {
    if (fetch_test::has_sanitizer) {
        GTEST_SKIP() << "a sanitizer needs more memory than this test allows";
    }
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    faulty_site site(4, [](const faulty_site&, std::size_t, const request&) {
        return std::optional(reply{.how = manner::endless});
    });
    start_options command = site.command({"--threads", "1", "--max-bytes", "800MB"});
    command.memory = 500 * mebibyte;
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, fatal_status);
    EXPECT_NE(ended.err.find("paipa-fetch: out of memory"), std::string::npos) << ended.err;
    EXPECT_EQ(count_rows(site.database_path(), "dead_letters"), 0);
}

TEST(limits, on_memory_and_threads_end_every_run_in_words) {
    if (fetch_test::has_sanitizer) {
        GTEST_SKIP() << "a sanitizer needs more memory than this test allows";
    }
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    for (std::size_t size = 30; size <= 200; size += 10) {
        faulty_site site(20);
        start_options command = site.command({"--threads", "16"});
        command.memory = size * mebibyte;
        const outcome ended = fetch_test::run(command);
        const bool is_dynamic_linker = ended.status == 127;  // no room for the libraries
        const bool is_told =
            ended.status == fatal_status &&
            (ended.err.find("paipa-fetch: cannot start a thread: ") != std::string::npos ||
             ended.err.find("paipa-fetch: out of memory") != std::string::npos);
        EXPECT_TRUE(is_dynamic_linker || is_told || ended.status == 0)
            << size << " MiB: status " << ended.status << ", signal " << ended.signal << "\n"
            << ended.err;
        EXPECT_EQ(count_rows(site.database_path(), "dead_letters"), 0) << size;
    }
}

TEST(limits, on_a_header_are_a_reason_in_words) {
    faulty_site site(2, [](const faulty_site& here, std::size_t number, const request&) {
        reply made = here.page_reply(number);
        if (number == 1) {
            made.headers = "Long: " + std::string(1'000'000, 'x') + "\r\n";
        }
        return std::optional(made);
    });
    const outcome ended = fetch_test::run(site.command());
    EXPECT_EQ(ended.status, some_failed_status) << ended.err;
    const database found(site.database_path());
    ASSERT_EQ(found.dead.count(site.url(1)), 1U);
    EXPECT_EQ(found.dead.at(site.url(1)).reason, "the header is larger than 100.0 KiB");
    EXPECT_EQ(found.dead.at(site.url(1)).attempts, 1);
}

TEST(limits, on_a_servers_patience_are_kept_to) {
    constexpr unsigned at_once = 20;
    std::atomic<unsigned> answered = 0;
    std::atomic<std::chrono::steady_clock::rep> second = 0;
    faulty_site site(50, [&](const faulty_site&, std::size_t, const request&) {
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                             std::chrono::steady_clock::now().time_since_epoch())
                             .count();
        if (second.exchange(now) != now) {
            answered = 0;
        }
        return ++answered > at_once
                   ? std::optional(reply{.status = 429, .headers = "Retry-After: 1\r\n"})
                   : std::nullopt;
    });
    const outcome ended = fetch_test::run(site.command({"--attempts", "1"}));
    EXPECT_EQ(ended.status, 0) << ended.err;
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(limits, on_a_servers_patience_have_an_end) {
    faulty_site site(1, [](const faulty_site&, std::size_t, const request&) {
        return std::optional(reply{.status = 503, .headers = "Retry-After: 1\r\n"});
    });
    const outcome ended =
        fetch_test::run(site.command({"--attempts", "2", "--max-retry-after", "1"}));
    EXPECT_EQ(ended.status, some_failed_status) << ended.err;
    EXPECT_EQ(site.requests(0), 2U);  // one pause of a second
    const database found(site.database_path());
    ASSERT_EQ(found.dead.count(site.url(0)), 1U);
    EXPECT_EQ(found.dead.at(site.url(0)).reason,
              "the server answered 503 with Retry-After: 1, beyond --max-retry-after");
    EXPECT_EQ(found.dead.at(site.url(0)).attempts, 1);
}

TEST(limits, on_a_servers_patience_are_told_at_once_when_it_wants_more) {
    faulty_site site(1, [](const faulty_site&, std::size_t, const request&) {
        return std::optional(reply{.status = 429, .headers = "Retry-After: 3600\r\n"});
    });
    EXPECT_EQ(fetch_test::run(site.command()).status, some_failed_status);
    EXPECT_EQ(site.requests(0), 1U);
}

TEST(limits, of_a_body_that_ends_early_in_its_compression_are_tried_again) {
    faulty_site site(2, [](const faulty_site& here, std::size_t number, const request& asked) {
        reply made = here.page_reply(number);
        made.headers = "Content-Encoding: gzip\r\n";
        made.body = fetch_test::gzip(made.body);
        if (number == 1 || asked.nth == 1) {
            made.body.resize(made.body.size() - 20);
        }
        return std::optional(made);
    });
    const outcome ended = fetch_test::run(site.command({"--attempts", "2"}));
    EXPECT_EQ(ended.status, some_failed_status) << ended.err;
    const database found(site.database_path());
    expect_true_pages(found, site.pages(), site.base());
    EXPECT_EQ(found.pages.count(site.url(0)), 1U);
    ASSERT_EQ(found.dead.count(site.url(1)), 1U);
    EXPECT_EQ(found.dead.at(site.url(1)).reason, "the body ends early in its compression");
}

}  // namespace
