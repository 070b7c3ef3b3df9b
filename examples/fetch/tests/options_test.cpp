#include "options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

fetch::parsed_options parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "paipa-fetch");
    return fetch::parse_options(static_cast<int>(arguments.size()), arguments.data());
}

std::string usage_error(std::vector<const char*> arguments) {
    const fetch::parsed_options got = parse(std::move(arguments));
    EXPECT_FALSE(got.run);
    EXPECT_EQ(got.status, 2);
    EXPECT_EQ(std::count(got.text.begin(), got.text.end(), '\n'), 0) << got.text;
    return got.text;
}

TEST(options, take_what_requests_carry) {
    const auto got = parse({"-H", "Cookie: a=b", "--header", "Authorization: Bearer x", "-A",
                            "me/1", "--cacert", "/dev/null", "--insecure", "--strict",
                            "--max-retry-after", "5", "--busy-timeout", "2", "list.txt"})
                         .run;
    ASSERT_TRUE(got);
    EXPECT_EQ(got->headers, (std::vector<std::string>{"Cookie: a=b", "Authorization: Bearer x"}));
    EXPECT_EQ(got->user_agent, "me/1");
    EXPECT_EQ(got->ca_file, "/dev/null");
    EXPECT_TRUE(got->is_insecure);
    EXPECT_TRUE(got->is_strict);
    EXPECT_EQ(got->max_retry_after, 5s);
    EXPECT_EQ(got->busy_timeout, 2s);
    EXPECT_EQ(got->list, "list.txt");
}

TEST(options, refuse_headers_that_are_none) {
    for (const char* bad :
         {"Cookie", ": x", "Na me: x", "Name:", "Name:  ", "Name: a\r\nOther: b"}) {
        EXPECT_EQ(usage_error({"--header", bad}),
                  "--header: want 'Name: value', got a line that is none (see paipa-fetch --help)")
            << bad;
    }
    EXPECT_TRUE(usage_error({"--user-agent", "a\nb"})
                    .starts_with("--user-agent: want text without control characters"));
    EXPECT_TRUE(usage_error({"--cacert", "/missing.pem"})
                    .starts_with("--cacert: cannot read '/missing.pem'"));
}

TEST(options, have_defaults) {
    const auto got = parse({}).run;
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->is_demo());
    EXPECT_EQ(got->threads, 8U);
    EXPECT_EQ(got->attempts, 4U);
    EXPECT_EQ(got->timeout, 30s);
    EXPECT_EQ(got->busy_timeout, 30s);
    EXPECT_EQ(got->max_retry_after, 10min);
    EXPECT_FALSE(got->is_strict);
    EXPECT_FALSE(got->is_insecure);
    EXPECT_FALSE(got->is_quiet);
}

TEST(options, take_every_value) {
    const auto got = parse({"--database",        "my.db",
                            "--threads",         "16",
                            "--attempts",        "2",
                            "--delay",           "0.25",
                            "--timeout",         "7",
                            "--connect-timeout", "1.5",
                            "--max-bytes",       "2MB",
                            "--batch",           "10",
                            "--batch-timeout",   "0.1",
                            "--max-delay",       "3",
                            "--quiet",           "--drain-timeout=9",
                            "--max-database",    "1GB",
                            "list.txt"})
                         .run;
    ASSERT_TRUE(got);
    EXPECT_FALSE(got->is_demo());
    EXPECT_EQ(got->list, "list.txt");
    EXPECT_EQ(got->database, "my.db");
    EXPECT_EQ(got->threads, 16U);
    EXPECT_EQ(got->attempts, 2U);
    EXPECT_EQ(got->delay, 250ms);
    EXPECT_EQ(got->max_delay, 3s);
    EXPECT_EQ(got->timeout, 7s);
    EXPECT_EQ(got->connect_timeout, 1500ms);
    EXPECT_EQ(got->max_bytes, std::uint64_t{2} << 20U);
    EXPECT_EQ(got->batch, 10U);
    EXPECT_EQ(got->batch_timeout, 100ms);
    EXPECT_EQ(got->drain_timeout, 9s);
    EXPECT_EQ(got->max_database, std::uint64_t{1} << 30U);
    EXPECT_TRUE(got->is_quiet);
}

TEST(options, take_a_dash_for_standard_input) {
    const auto got = parse({"-"}).run;
    ASSERT_TRUE(got);
    EXPECT_EQ(got->list, "-");
}

TEST(options, take_the_last_of_several_values) {
    const auto got = parse({"--threads", "3", "--threads", "5"}).run;
    ASSERT_TRUE(got);
    EXPECT_EQ(got->threads, 5U);
}

TEST(options, never_wait_shorter_than_the_first_delay) {
    const auto got = parse({"--delay", "60", "--max-delay", "1"}).run;
    ASSERT_TRUE(got);
    EXPECT_EQ(got->max_delay, 60s);
}

TEST(options, explain_themselves) {
    const fetch::parsed_options help = parse({"--help"});
    EXPECT_FALSE(help.run);
    EXPECT_EQ(help.status, 0);
    for (const char* word : {"LIST", "--database", "--threads", "--attempts", "--delay",
                             "--timeout", "--connect-timeout", "--max-bytes", "--batch",
                             "--batch-timeout", "--quiet", "Exit status", "130", "SIGTERM"}) {
        EXPECT_NE(help.text.find(word), std::string::npos) << word;
    }
    const fetch::parsed_options version = parse({"--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_TRUE(version.text.starts_with("paipa-fetch ")) << version.text;
}

TEST(options, refuse_what_makes_no_sense) {
    EXPECT_EQ(usage_error({"--threads", "0"}),
              "--threads: Value 0 not in range 1 to 1000 (see paipa-fetch --help)");
    EXPECT_EQ(usage_error({"--timeout", "nan"}),
              "--timeout: want 0.001 to 86400 seconds, got 'nan' (see paipa-fetch --help)");
    EXPECT_EQ(usage_error({""}), "LIST: is empty (see paipa-fetch --help)");
    EXPECT_EQ(usage_error({"--wrong"}),
              "The following argument was not expected: --wrong (see paipa-fetch --help)");
    for (const std::vector<const char*>& wrong :
         std::vector<std::vector<const char*>>{{"a", "b"},
                                               {"--threads", "many"},
                                               {"--delay", "-1"},
                                               {"--timeout", "0"},
                                               {"--batch", "0"},
                                               {"--max-bytes", "0"},
                                               {"--max-bytes", "5GB"},
                                               {"--database", ""},
                                               {"--attempts", "0"},
                                               {"--batch"},
                                               {"-q", "-v"},
                                               {"a\nb", "c"}}) {
        EXPECT_NE(usage_error(wrong), "");
    }
}

}  // namespace
