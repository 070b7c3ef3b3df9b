#include "site.hpp"
#include "support/database.hpp"
#include "support/process.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace {

using fetch_test::database;
using fetch_test::outcome;
using fetch_test::process;
using fetch_test::scratch_folder;

const std::string base = std::string("http://") + fetch::site_server::host;

std::size_t files_in(const std::string& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        (void)entry;
        ++count;
    }
    return count;
}

TEST(demo, fetches_its_own_site) {
    const scratch_folder folder;
    const outcome ended = fetch_test::run({.arguments = {"--database", folder / "demo.db"}});
    EXPECT_EQ(ended.status, 0) << ended.err;
    expect_equal(database(folder / "demo.db"), fetch::make_site(300), base);
    EXPECT_TRUE(ended.out.starts_with("no LIST given: serving a site of 300 pages on 127.0.0.1:"))
        << ended.out;
    EXPECT_NE(ended.out.find("\n300 pages stored ("), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find(", 0 failed, 12 failed attempts\n"), std::string::npos) << ended.out;
}

TEST(demo, continues_a_database_that_it_was_given) {
    const scratch_folder folder;
    const std::vector<std::string> arguments{"--database", folder / "demo.db"};
    EXPECT_EQ(fetch_test::run({.arguments = arguments}).status, 0);
    const outcome again = fetch_test::run({.arguments = arguments});
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_NE(again.out.find("300 skipped: stored before"), std::string::npos) << again.out;
}

TEST(demo, starts_afresh_and_leaves_nothing_behind) {
    const scratch_folder folder;
    for (int n = 0; n < 2; ++n) {
        const outcome ended =
            fetch_test::run({.arguments = {}, .environment = {{"TMPDIR", folder / ""}}});
        EXPECT_EQ(ended.status, 0) << ended.err;
        EXPECT_NE(ended.out.find("\n300 pages stored ("), std::string::npos) << ended.out;
        EXPECT_NE(ended.out.find("removed at the end"), std::string::npos) << ended.out;
        EXPECT_EQ(files_in(folder / ""), 0U);
    }
}

TEST(demo, needs_no_proxy) {
    const outcome ended =
        fetch_test::run({.arguments = {}, .environment = {{"http_proxy", "http://127.0.0.1:1/"}}});
    EXPECT_EQ(ended.status, 0) << ended.err;
}

TEST(demo, can_be_interrupted) {
    const scratch_folder folder;
    process program({.arguments = {},
                     .environment = {{"TMPDIR", folder / ""}, {"TERM", "xterm"}},
                     .has_terminal = true});
    ASSERT_TRUE(program.wait_for_error("in flight"));
    program.send(SIGINT);
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, 130) << ended.err;
    EXPECT_EQ(files_in(folder / ""), 0U);
}

// What a terminal shows: the text between carriage returns, without the end-of-line sequence.
std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line, '\r');) {
        lines.push_back(line);
    }
    return lines;
}

TEST(demo, shows_a_live_line_on_a_terminal) {
    const outcome ended = fetch_test::run(
        {.arguments = {}, .environment = {{"TERM", "xterm"}}, .has_terminal = true});
    EXPECT_EQ(ended.status, 0) << ended.err;
    const std::vector<std::string> lines = lines_of(ended.err);
    ASSERT_GE(lines.size(), 3U) << ended.err;
    std::size_t shown = 0;
    for (const std::string& line : lines) {
        const std::size_t end = line.find("\x1b[K");
        if (end == std::string::npos) {
            continue;
        }
        ++shown;
        const std::string text = line.substr(0, end);
        EXPECT_LT(text.size(), 80U) << "it would wrap";
        for (const char* field : {"/300 done  ", "/s  ", " in flight  ", " failed  ", "ETA "}) {
            EXPECT_NE(text.find(field), std::string::npos) << text;
        }
    }
    EXPECT_GE(shown, 2U) << ended.err;
    EXPECT_NE(ended.err.rfind("\r300/300 done"), std::string::npos) << ended.err;
    EXPECT_TRUE(ended.err.ends_with("\x1b[K\r\n")) << ended.err;  // the terminal adds the \r
}

TEST(demo, shows_plain_lines_on_a_terminal_that_cannot_do_more) {
    const outcome ended =
        fetch_test::run({.arguments = {}, .environment = {{"TERM", "dumb"}}, .has_terminal = true});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err.find("\x1b"), std::string::npos) << ended.err;
}

}  // namespace
