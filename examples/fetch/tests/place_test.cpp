#include "sqlite.hpp"
#include "support/database.hpp"
#include "support/fault_server.hpp"
#include "support/faulty_site.hpp"
#include "support/process.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <optional>
#include <string>
#include <vector>

// Where the results go: the database, standard output.

namespace {

using fetch_test::count_rows;
using fetch_test::database;
using fetch_test::eventually;
using fetch_test::faulty_site;
using fetch_test::manner;
using fetch_test::outcome;
using fetch_test::process;
using fetch_test::request;
using fetch_test::start_options;

constexpr int input_status = 2;
constexpr int fatal_status = 3;

TEST(place, that_is_deleted_while_it_is_used_is_found_out) {
    faulty_site site(40, [](const faulty_site& here, std::size_t number, const request&) {
        return number == 30 ? std::optional(here.page_reply(number, manner::hold)) : std::nullopt;
    });
    process program(site.command({"--threads", "1", "--batch", "10"}));
    ASSERT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") >= 20; }));
    ASSERT_TRUE(site.server().wait_for_held(1));
    for (const char* part : {"", "-wal", "-shm"}) {
        std::filesystem::remove(site.database_path() + part);
    }
    site.server().release();
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, fatal_status);
    EXPECT_TRUE(ended.err.ends_with("paipa-fetch: database '" + site.database_path() +
                                    "': it was deleted, moved or replaced while it was in use, "
                                    "with what was stored in it\n"))
        << ended.err;
    EXPECT_EQ(ended.out, "");
}

TEST(place, that_is_overwritten_or_cut_off_is_found_out) {
    for (const bool is_cut : {false, true}) {
        faulty_site site(40, [](const faulty_site& here, std::size_t number, const request&) {
            return number == 30 ? std::optional(here.page_reply(number, manner::hold))
                                : std::nullopt;
        });
        process program(site.command({"--threads", "1", "--batch", "10"}));
        ASSERT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") >= 20; }));
        ASSERT_TRUE(site.server().wait_for_held(1));
        std::fstream file(site.database_path(),
                          is_cut ? std::ios::out | std::ios::trunc : std::ios::in | std::ios::out);
        file << (is_cut ? "" : "overwritten, and no database any more");
        file.close();
        site.server().release();
        const outcome ended = program.wait();
        EXPECT_EQ(ended.status, fatal_status) << ended.out;
        EXPECT_EQ(ended.err.find("the same command goes on"), std::string::npos) << ended.err;
    }
}

// The last transaction is there; nothing else would look at the file again.
TEST(place, that_is_deleted_behind_the_last_page_is_found_out) {
    faulty_site site(11, [](const faulty_site& here, std::size_t number, const request&) {
        return number == 10 ? std::optional(here.page_reply(number, manner::hold)) : std::nullopt;
    });
    process program(site.command({"--batch", "10", "--drain-timeout", "0", "--timeout", "600"}));
    ASSERT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 10; }));
    ASSERT_TRUE(site.server().wait_for_held(1));
    std::filesystem::remove(site.database_path());
    program.send(SIGINT);
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, fatal_status) << ended.out;
}

TEST(place, must_keep_what_it_gets) {
    faulty_site site(3);
    for (const char* nothing : {":memory:", "/dev/null", "file:x?mode=memory"}) {
        start_options command = site.command();
        command.arguments[1] = nothing;
        const outcome ended = fetch_test::run(command);
        EXPECT_EQ(ended.status, input_status) << nothing;
        EXPECT_TRUE(ended.err.starts_with(std::string("paipa-fetch: database '") + nothing + "': "))
            << ended.err;
    }
    EXPECT_EQ(site.server().requests(), 0U);
}

TEST(place, that_another_program_locks_is_waited_for_and_then_told) {
    faulty_site site(30, [](const faulty_site& here, std::size_t number, const request&) {
        return number == 20 ? std::optional(here.page_reply(number, manner::hold)) : std::nullopt;
    });
    {
        process program(site.command({"--threads", "1", "--batch", "10", "--busy-timeout", "0.2"}));
        ASSERT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 20; }));
        ASSERT_TRUE(site.server().wait_for_held(1));
        fetch::sqlite_file other(site.database_path());
        other.execute("BEGIN IMMEDIATE");
        site.server().release();
        const outcome ended = program.wait();
        EXPECT_EQ(ended.status, fatal_status);
        EXPECT_TRUE(ended.err.ends_with(
            "paipa-fetch: database '" + site.database_path() +
            "': locked by another program for 0.2 s; 20 pages stored by this run stay: the same "
            "command goes on\n"))
            << ended.err;
    }
    EXPECT_EQ(fetch_test::run(site.command()).status, 0);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(place, that_another_program_locks_for_a_while_gets_all) {
    faulty_site site(10);
    {
        const fetch::sqlite_file made(site.database_path());
    }
    fetch::sqlite_file other(site.database_path());
    other.execute("BEGIN IMMEDIATE");
    process program(site.command());
    EXPECT_TRUE(program.runs());
    other.execute("ROLLBACK");
    EXPECT_EQ(program.wait().status, 0);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(place, that_is_locked_does_not_hold_up_an_interrupt) {
    faulty_site site(30, [](const faulty_site& here, std::size_t number, const request&) {
        return number == 20 ? std::optional(here.page_reply(number, manner::hold)) : std::nullopt;
    });
    process program(site.command({"--threads", "1", "--batch", "10", "--busy-timeout", "3600"}));
    ASSERT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 20; }));
    ASSERT_TRUE(site.server().wait_for_held(1));
    fetch::sqlite_file other(site.database_path());
    other.execute("BEGIN IMMEDIATE");
    site.server().release();
    ASSERT_TRUE(site.server().wait_for_requests(30));
    program.send(SIGINT);
    ASSERT_TRUE(program.wait_for_error("interrupted: "));
    program.send(SIGINT);
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, 130) << ended.err;
    EXPECT_NE(ended.out.find("; interrupted, 10 left: "), std::string::npos) << ended.out;
}

TEST(place, that_is_locked_from_the_start_does_not_hold_up_an_interrupt) {
    faulty_site site(1);
    EXPECT_EQ(fetch_test::run(site.command()).status, 0);
    fetch::sqlite_file other(site.database_path());
    other.execute("BEGIN EXCLUSIVE");
    process program(site.command({"--busy-timeout", "3600"}));
    EXPECT_TRUE(eventually([&] { return program.has_open(site.database_path()); }));
    program.send(SIGINT);
    EXPECT_EQ(program.wait().signal, SIGINT);
}

TEST(place, that_is_damaged_is_told_at_once) {
    faulty_site site(3);
    EXPECT_EQ(fetch_test::run(site.command()).status, 0);
    fetch::sqlite_file(site.database_path()).execute("DROP TABLE pages");
    const outcome ended = fetch_test::run(site.command());
    EXPECT_EQ(ended.status, input_status);
    EXPECT_EQ(ended.err, "paipa-fetch: database '" + site.database_path() +
                             "': damaged or changed: no such table: pages\n");
}

TEST(place, on_a_read_only_file_system_is_told_in_words) {
    faulty_site site(3);
    const std::string folder = site.folder() / "";
    // The mount is seen by the program alone.
    const std::vector<std::string> wrapper{
        "unshare", "--map-root-user",
        "--mount", "sh",
        "-c",      "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"",
        folder};
    std::vector<std::string> check = wrapper;
    check.emplace_back("true");
    if (!fetch_test::can_run(check)) {
        GTEST_SKIP() << "this machine lets nobody mount a folder for one program";
    }
    start_options command = site.command();
    command.wrapper = wrapper;
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, input_status);
    EXPECT_EQ(ended.err,
              "paipa-fetch: database '" + site.database_path() + "': on a read-only file system\n");

    command.wrapper.clear();
    EXPECT_EQ(fetch_test::run(command).status, 0);
    command.wrapper = wrapper;
    EXPECT_EQ(fetch_test::run(command).err, ended.err);  // of a file that is there already
}

TEST(place, for_standard_output_must_take_all) {
    faulty_site site(3);
    start_options command = site.command();
    command.output = "/dev/full";
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, fatal_status);
    EXPECT_TRUE(ended.err.ends_with(
        "paipa-fetch: cannot write to standard output: No space left on device; 3 pages stored by "
        "this run stay: the same command goes on\n"))
        << ended.err;
    expect_equal(database(site.database_path()), site.pages(), site.base());
    EXPECT_EQ(fetch_test::run({.arguments = {"--help"}, .output = "/dev/full"}).status,
              fatal_status);
    command.arguments.insert(command.arguments.begin(), "--quiet");
    EXPECT_EQ(fetch_test::run(command).status, 0);
}

}  // namespace
