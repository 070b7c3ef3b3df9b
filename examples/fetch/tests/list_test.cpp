#include "support/database.hpp"
#include "support/fault_server.hpp"
#include "support/faulty_site.hpp"
#include "support/process.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace {

using fetch_test::count_rows;
using fetch_test::database;
using fetch_test::eventually;
using fetch_test::faulty_site;
using fetch_test::outcome;
using fetch_test::process;
using fetch_test::reply;
using fetch_test::request;
using fetch_test::scratch_folder;
using fetch_test::start_options;

// Reads standard input, which stays open.
start_options from_open_pipe(const faulty_site& site, const std::string& input,
                             std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--batch-timeout", "0.05"});
    start_options command = site.command(more);
    command.arguments.back() = "-";
    command.input = input;
    command.keeps_input = true;
    return command;
}

TEST(list, is_fetched_while_it_is_still_coming) {
    faulty_site site(3);
    process program(from_open_pipe(site, site.url(0) + "\n" + site.url(1) + "\n"));
    EXPECT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 2; }));
    program.write(site.url(2) + "\n");
    EXPECT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 3; }));
    program.close_input();
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_NE(ended.err.find("3/3 done"), std::string::npos) << ended.err;
}

TEST(list, that_stays_open_does_not_hold_up_an_interrupt) {
    faulty_site site(3);
    process program(from_open_pipe(site, site.url(0) + "\n"));
    EXPECT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 1; }));
    program.send(SIGINT);
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, 130) << ended.err;
    EXPECT_NE(ended.out.find("; interrupted, at least 0 left: the same command goes on\n"),
              std::string::npos)
        << ended.out;
}

TEST(list, that_stays_open_does_not_hold_up_a_failure) {
    faulty_site site(100);
    std::string all;
    for (std::size_t number = 0; number < 100; ++number) {
        all += site.url(number) + "\n";
    }
    process program(from_open_pipe(site, all, {"--max-database", "100KB", "--quiet"}));
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, 3);
    EXPECT_NE(ended.err.find("no space left"), std::string::npos) << ended.err;
}

TEST(list, has_its_bad_lines_shown_and_left_out) {
    faulty_site site(55);
    std::string lines = "hello world\n";
    for (std::size_t number = 0; number < 55; ++number) {
        lines += site.url(number) + "\n";
    }
    start_options command = site.command();
    command.arguments.back() = site.folder().file("mixed", lines + "http://host/gr\xFC\xDF\n");
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, 1) << ended.err;
    EXPECT_NE(ended.err.find("mixed:1: not a URL: 'hello world': it does not start with http://, "
                             "https:// or file://\n"),
              std::string::npos)
        << ended.err;
    EXPECT_NE(ended.err.find("mixed:57: not a URL: 'http://host/gr\?\?': it is not valid UTF-8; "
                             "write such bytes in percent form, as in %FC\n"),
              std::string::npos)
        << ended.err;
    EXPECT_NE(ended.err.find("55/55 done"), std::string::npos) << ended.err;
    EXPECT_NE(ended.out.find(", 2 lines left out: no URL\n"), std::string::npos) << ended.out;
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(list, with_thousands_of_bad_lines_shows_the_first_ones_also_when_quiet) {
    const scratch_folder folder;
    std::string lines;
    for (int n = 0; n < 5000; ++n) {
        lines += "bad\n";
    }
    const outcome ended = fetch_test::run(
        {.arguments = {"--quiet", "--database", folder / "db", folder.file("list", lines)}});
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 21) << ended.err;
    EXPECT_TRUE(ended.err.ends_with("further lines of this kind are counted, not shown\n"))
        << ended.err;
}

TEST(list, is_refused_as_a_whole_when_strict) {
    faulty_site site(2);
    start_options command = site.command({"--strict"});
    command.arguments.back() = site.folder().file("mixed", site.url(0) + "\nbad\n");
    EXPECT_EQ(fetch_test::run(command).status, 2);
    EXPECT_EQ(site.server().requests(), 0U);
    EXPECT_FALSE(std::filesystem::exists(site.database_path()));
    const outcome ended = fetch_test::run(site.command({"--strict"}));
    EXPECT_EQ(ended.status, 0) << ended.err;
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(list, has_one_page_for_urls_that_differ_in_form) {
    faulty_site site(1);
    const std::string url = site.url(0);
    const std::string behind_scheme = url.substr(url.find("://"));
    start_options command = site.command();
    command.arguments.back() = site.folder().file(
        "forms", url + "#top\nHTTP" + behind_scheme + "\n" + url + "\n" + url + "#end\n");
    EXPECT_EQ(fetch_test::run(command).status, 0);
    EXPECT_EQ(site.requests(0), 1U);
    EXPECT_EQ(fetch_test::run(command).status, 0);
    EXPECT_EQ(site.requests(0), 1U);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(list, leaves_no_password_in_the_database_or_on_the_screen) {
    faulty_site site(2, [](const faulty_site&, std::size_t number, const request&) {
        return number == 1 ? std::optional(reply{.status = 404}) : std::nullopt;
    });
    std::string lines;
    for (const std::size_t number : {std::size_t{0}, std::size_t{1}}) {
        lines += "http://me:geheim@" + site.url(number).substr(7) + "\n";
    }
    start_options command = site.command({"--verbose"});
    command.arguments.back() = site.folder().file("list", lines);
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, 1) << ended.err;
    EXPECT_NE(site.server().head().find("Authorization: Basic bWU6Z2VoZWlt\r\n"),
              std::string::npos);
    const database found(site.database_path());
    EXPECT_EQ(found.pages.count("http://me@" + site.url(0).substr(7)), 1U);
    EXPECT_EQ(found.dead.count("http://me@" + site.url(1).substr(7)), 1U);
    EXPECT_EQ(scratch_folder::content(site.database_path()).find("geheim"), std::string::npos);
    EXPECT_EQ((ended.out + ended.err).find("geheim"), std::string::npos);
}

TEST(list, leaves_no_password_of_a_proxy_in_the_database) {
    const scratch_folder folder;
    const outcome ended =
        fetch_test::run({.arguments = {"--attempts", "1", "--database", folder / "db",
                                       folder.file("list", "http://host.test/\n")},
                         .environment = {{"http_proxy", "http://me:geheim@127.0.0.1:99999"}}});
    EXPECT_EQ(ended.status, 1) << ended.err;
    const database found(folder / "db");
    ASSERT_EQ(found.dead.count("http://host.test/"), 1U);
    const std::string reason = found.dead.at("http://host.test/").reason;
    EXPECT_NE(reason.find("...@127.0.0.1"), std::string::npos) << reason;
    EXPECT_EQ(reason.find("geheim"), std::string::npos) << reason;
}

// A proxy gets the URL as a whole, so no name needs to be looked up.
TEST(list, may_have_hosts_in_utf8_whatever_the_locale) {
    for (const char* locale : {"C", "C.UTF-8"}) {
        fetch_test::fault_server proxy([](const request&) { return reply{.body = "here"}; });
        const scratch_folder folder;
        const outcome ended =
            fetch_test::run({.arguments = {"--database", folder / "db",
                                           folder.file("list",
                                                       "http://b\xC3\xBC"
                                                       "cher.test/\xC3\xBC\n")},
                             .environment = {{"http_proxy", proxy.url("")}, {"LC_ALL", locale}}});
        EXPECT_EQ(ended.status, 0) << ended.err;
        EXPECT_TRUE(proxy.head().starts_with("GET http://xn--bcher-kva.test/")) << proxy.head();
        EXPECT_EQ(database(folder / "db")
                      .pages.count("http://b\xC3\xBC"
                                   "cher.test/\xC3\xBC"),
                  1U);
    }
}

}  // namespace
