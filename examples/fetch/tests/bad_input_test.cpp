#include "sqlite.hpp"
#include "support/database.hpp"
#include "support/faulty_site.hpp"
#include "support/process.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using fetch_test::database;
using fetch_test::faulty_site;
using fetch_test::outcome;
using fetch_test::scratch_folder;

constexpr int input_status = 2;
constexpr int fatal_status = 3;

// One line on standard error, nothing on standard output.
void expect_one_line(const outcome& ended, int status, const std::string& text) {
    EXPECT_EQ(ended.status, status);
    EXPECT_EQ(ended.signal, 0);
    EXPECT_EQ(ended.err, "paipa-fetch: " + text + "\n");
    EXPECT_EQ(ended.out, "");
}

void expect_line_that_begins(const outcome& ended, int status, const std::string& text) {
    expect_one_line(ended, status, ended.err.substr(13, ended.err.size() - 14));
    EXPECT_TRUE(ended.err.starts_with("paipa-fetch: " + text)) << ended.err;
}

outcome run_list(const scratch_folder& folder, const std::string& lines,
                 const std::string& database_path) {
    return fetch_test::run(
        {.arguments = {"--database", database_path, folder.file("list", lines)}});
}

TEST(bad_input, a_list_that_does_not_exist) {
    const scratch_folder folder;
    const std::string list = folder / "missing";
    expect_one_line(fetch_test::run({.arguments = {"--database", folder / "db", list}}),
                    input_status, "cannot read the list '" + list + "': No such file or directory");
    EXPECT_FALSE(std::filesystem::exists(folder / "db"));
}

TEST(bad_input, a_list_that_is_a_directory) {
    expect_one_line(fetch_test::run({.arguments = {"/"}}), input_status,
                    "cannot read the list '/': Is a directory");
}

TEST(bad_input, a_line_that_is_no_url_when_strict) {
    const scratch_folder folder;
    expect_one_line(fetch_test::run({.arguments = {"--strict", "--database", folder / "db",
                                                   folder.file("list",
                                                               "file:///etc/hostname\n"
                                                               "hello world\n")}}),
                    input_status,
                    (folder / "list") +
                        ":2: not a URL: 'hello world': it does not start with http://, https:// "
                        "or file://");
    EXPECT_FALSE(std::filesystem::exists(folder / "db"));  // nothing has begun
}

TEST(bad_input, a_line_of_standard_input_that_is_no_url_when_strict) {
    const scratch_folder folder;
    expect_one_line(fetch_test::run({.arguments = {"--strict", "--database", folder / "db", "-"},
                                     .input = "ftp://example.org/\n"}),
                    input_status,
                    "standard input:1: not a URL: 'ftp://example.org/': the scheme must be http, "
                    "https or file, got 'ftp'");
}

TEST(bad_input, an_option_that_makes_no_sense) {
    expect_one_line(fetch_test::run({.arguments = {"--threads", "0"}}), input_status,
                    "--threads: Value 0 not in range 1 to 1000 (see paipa-fetch --help)");
}

TEST(bad_input, a_database_that_is_no_database) {
    const scratch_folder folder;
    const std::string path = folder.file("notes.txt", "dear diary\n");
    expect_one_line(run_list(folder, "file:///etc/hostname\n", path), input_status,
                    "database '" + path + "': not an SQLite database");
    std::ifstream in(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "dear diary\n");
}

TEST(bad_input, a_database_of_another_program) {
    const scratch_folder folder;
    const std::string path = folder / "other.db";
    fetch::sqlite_file(path).execute("CREATE TABLE pages(url)");
    expect_one_line(run_list(folder, "file:///etc/hostname\n", path), input_status,
                    "database '" + path + "': belongs to another program, not to paipa-fetch");
}

TEST(bad_input, a_database_where_none_can_be) {
    const scratch_folder folder;
    const std::string path = folder / "missing/db";
    expect_one_line(run_list(folder, "file:///etc/hostname\n", path), input_status,
                    "database '" + path + "': cannot open it: No such file or directory");
}

// Whole chunks of ten are there, and with room the next run completes the site.
void expect_whole_chunks_and_resume(const faulty_site& site, const std::string& said) {
    constexpr std::size_t batch = 10;
    {
        const database found(site.database_path());
        expect_true_pages(found, site.pages(), site.base());
        EXPECT_EQ(found.pages.size() % batch, 0U);
        EXPECT_LT(found.pages.size(), site.pages().size());
        EXPECT_TRUE(found.dead.empty());
        EXPECT_NE(said.find("; " + std::to_string(found.pages.size()) +
                            " pages stored by this run stay: the same command goes on\n"),
                  std::string::npos)
            << said;
    }
    EXPECT_EQ(fetch_test::run(site.command({"--batch", "10"})).status, 0);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(bad_input, no_space_for_the_database) {
    const faulty_site site(100);
    const outcome ended = fetch_test::run(site.command(
        {"--quiet", "--batch", "10", "--batch-timeout", "3600", "--max-database", "400KB"}));
    expect_line_that_begins(ended, fatal_status,
                            "database '" + site.database_path() + "': no space left");
    expect_whole_chunks_and_resume(site, ended.err);
}

TEST(bad_input, a_limit_on_the_size_of_files) {
    const faulty_site site(100);
    fetch_test::start_options command =
        site.command({"--quiet", "--batch", "10", "--batch-timeout", "3600"});
    command.largest_file = std::size_t{300} << 10U;
    const outcome ended = fetch_test::run(command);
    expect_line_that_begins(
        ended, fatal_status,
        "database '" + site.database_path() +
            "': cannot write: no space, a quota, or a limit on the size of files");
    expect_whole_chunks_and_resume(site, ended.err);
}

TEST(bad_input, no_space_from_the_start) {
    const faulty_site site(10);
    fetch_test::start_options command = site.command({"--quiet"});
    command.largest_file = 1;
    expect_one_line(fetch_test::run(command), fatal_status,
                    "database '" + site.database_path() +
                        "': cannot write: no space, a quota, or a limit on the size of files");
    EXPECT_EQ(fetch_test::run(site.command()).status, 0);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

}  // namespace
