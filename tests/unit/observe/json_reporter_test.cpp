#include <paipa/observe/json_reporter.hpp>
#include <paipa/observe/reporter.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <ios>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::step_record;

std::string shown(const std::vector<step_record>& steps) {
    std::ostringstream out;
    paipa::json_reporter(out).show(steps);
    return out.str();
}

TEST(json_reporter, writes_one_line) {
    EXPECT_EQ(shown({{.name = "source",
                      .count = 12,
                      .run_time = 1500ms,
                      .throughput = 8,
                      .user_cpu = 1250ms,
                      .system_cpu = 5ms,
                      .calls = 6,
                      .calls_per_entry = 0.5,
                      .memory_growth = -4096},
                     {.name = "parse", .count = 3, .run_time = 1ns, .throughput = 3e9}}),
              "{\"steps\":[{\"name\":\"source\",\"count\":12,\"run_time\":1.5,\"throughput\":8,"
              "\"user_cpu\":1.25,\"system_cpu\":0.005,\"calls\":6,\"calls_per_entry\":0.5,"
              "\"memory_growth\":-4096},"
              "{\"name\":\"parse\",\"count\":3,\"run_time\":1e-09,\"throughput\":3e+09,"
              "\"user_cpu\":null,\"system_cpu\":null,\"calls\":null,\"calls_per_entry\":null,"
              "\"memory_growth\":null}]}\n");
}

TEST(json_reporter, keeps_large_counts_exact) {
    const std::string line = shown({{.name = "a", .count = 18'446'744'073'709'551'615U}});
    EXPECT_NE(line.find("\"count\":18446744073709551615,"), std::string::npos) << line;
}

TEST(json_reporter, writes_an_empty_list_without_steps) {
    EXPECT_EQ(shown({}), "{\"steps\":[]}\n");
}

TEST(json_reporter, writes_numbers_that_json_knows) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::string line =
        shown({{.name = "a", .throughput = infinity, .calls_per_entry = -infinity}});
    EXPECT_NE(line.find("\"throughput\":null,"), std::string::npos) << line;
    EXPECT_NE(line.find("\"calls_per_entry\":null,"), std::string::npos) << line;
}

TEST(json_reporter, escapes_names) {
    const std::string line = shown({{.name = "a\"b\\c\n\t\x01/ü"}});
    EXPECT_TRUE(line.starts_with(
        "{\"steps\":[{\"name\":\"a\\\"b\\\\c\\u000a\\u0009\\u0001/ü\",\"count\":0,"))
        << line;
}

/// What JSON makes of a name.
std::string name_of(const std::string& name) {
    const std::string line = shown({{.name = name}});
    const std::string before = "{\"steps\":[{\"name\":\"";
    return line.substr(before.size(), line.find("\",\"count\"") - before.size());
}

TEST(json_reporter, replaces_what_is_no_utf_8) {
    EXPECT_EQ(name_of("\xFF"), "\\ufffd");
    EXPECT_EQ(name_of("caf\xE9"), "caf\\ufffd");                             // latin 1
    EXPECT_EQ(name_of("\x80g"), "\\ufffdg");                                 // no lead
    EXPECT_EQ(name_of("\xC3"), "\\ufffd");                                   // cut off
    EXPECT_EQ(name_of("\xE2\x82"), "\\ufffd\\ufffd");                        // likewise
    EXPECT_EQ(name_of("\xC3\""), "\\ufffd\\\"");                             // not the quote
    EXPECT_EQ(name_of("\xC0\xAF"), "\\ufffd\\ufffd");                        // overlong
    EXPECT_EQ(name_of("\xE0\x80\xAF"), "\\ufffd\\ufffd\\ufffd");             // likewise
    EXPECT_EQ(name_of("\xED\xA0\x80"), "\\ufffd\\ufffd\\ufffd");             // a surrogate
    EXPECT_EQ(name_of("\xF4\x90\x80\x80"), "\\ufffd\\ufffd\\ufffd\\ufffd");  // too large
    for (const char* const good :
         {"é", "€", "\xED\x9F\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_EQ(name_of(good), good);
    }
}

TEST(json_reporter, names_that_end_like_a_list_do_not_upset_the_commas) {
    const std::string line = shown({{.name = "["}, {.name = "["}});
    EXPECT_NE(line.find("},{\"name\":\"[\""), std::string::npos) << line;
}

TEST(json_reporter, adds_a_line_per_report) {
    std::ostringstream out;
    paipa::json_reporter reporter(out);
    reporter.show({});
    reporter.show({});
    EXPECT_EQ(out.str(), "{\"steps\":[]}\n{\"steps\":[]}\n");
}

TEST(json_reporter, says_when_the_stream_has_failed) {
    std::ostringstream out;
    out.setstate(std::ios_base::badbit);
    paipa::json_reporter reporter(out);
    try {
        reporter.show({});
        FAIL();
    } catch (const std::ios_base::failure& e) {
        EXPECT_STREQ(e.what(), "paipa::json_reporter: show: the stream has failed: iostream error");
    }
}

}  // namespace
