#include "store.hpp"

#include "error.hpp"
#include "sqlite.hpp"
#include "stored_pages.hpp"
#include "support/scratch_folder.hpp"
#include "text.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using fetch::dead_url;
using fetch::page;
using fetch::sqlite_file;
using fetch::store;

page new_page(const std::string& url, const std::string& body = "body") {
    page made;
    made.url = url;
    made.final_url = url + "#final";
    made.status = 200;
    made.type = "text/html";
    made.body = body;
    made.hash = fetch::hash_text(body);
    made.fetched_at = fetch::wall_clock::time_point(1709211599987ms);
    made.duration = 12ms;
    return made;
}

dead_url new_dead(const std::string& url, const std::string& reason = "reset") {
    return {.url = url, .reason = reason, .attempts = 3, .failed_at = fetch::wall_clock::now()};
}

void save_pages(store& database, const std::vector<page>& pages) {
    database.save(pages, {});
}

void save_dead(store& database, const dead_url& dead) {
    database.save({}, std::vector<dead_url>{dead});
}

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

template <class Error>
std::string opening_error(const std::string& path) {
    try {
        const store opened(path);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(store, keeps_all_of_a_page) {
    const fetch_test::scratch_folder folder;
    const std::string body("zero \0 inside", 13);
    {
        store database(folder / "db");
        save_pages(database, {new_page("http://a/", body)});
        EXPECT_EQ(database.pages(), 1U);
    }
    sqlite_file file(folder / "db");
    fetch::sqlite_statement row(file,
                                "SELECT url, final_url, status, type, bytes, hash, fetched_at,"
                                " duration_ms, body FROM pages");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.text(0), "http://a/");
    EXPECT_EQ(row.text(1), "http://a/#final");
    EXPECT_EQ(row.number(2), 200);
    EXPECT_EQ(row.text(3), "text/html");
    EXPECT_EQ(row.number(4), 13);
    EXPECT_EQ(row.text(5), fetch::hash_text(body));
    EXPECT_EQ(row.text(6), "2024-02-29T12:59:59.987Z");
    EXPECT_EQ(row.number(7), 12);
    EXPECT_EQ(row.text(8), body);
    EXPECT_FALSE(row.step());
}

TEST(store, keeps_empty_bodies) {
    const fetch_test::scratch_folder folder;
    store database(folder / "db");
    save_pages(database, {new_page("http://a/", "")});
    EXPECT_EQ(database.pages(), 1U);
}

TEST(store, knows_what_it_has_also_when_opened_again) {
    const fetch_test::scratch_folder folder;
    {
        store database(folder / "db");
        save_pages(database, {new_page("http://a/")});
    }
    const store database(folder / "db");
    fetch::stored_pages stored(folder / "db");
    EXPECT_TRUE(stored.has("http://a/"));
    EXPECT_FALSE(stored.has("http://b/"));
}

TEST(store, can_be_asked_while_it_is_written) {
    const fetch_test::scratch_folder folder;
    store database(folder / "db");
    fetch::stored_pages none(folder / "db");
    save_pages(database, {new_page("http://a/")});
    fetch::stored_pages stored(folder / "db");
    EXPECT_FALSE(stored.has("http://b/"));
    save_pages(database, {new_page("http://b/")});
    EXPECT_TRUE(stored.has("http://b/"));
    EXPECT_FALSE(none.has("http://b/"));  // it was empty
}

template <class F>
std::string lost_text(F use) {
    try {
        use();
    } catch (const fetch::lost_error& error) {
        return error.what();
    }
    return "not lost";
}

TEST(store, finds_out_that_its_file_or_its_log_has_gone) {
    for (const char* part : {"db", "db-wal"}) {
        const fetch_test::scratch_folder folder;
        store database(folder / "db");
        database.check_place();
        const std::string text = "database '" + (folder / "db") +
                                 "': it was deleted, moved or replaced while it was in use, with "
                                 "what was stored in it";
        std::filesystem::remove(folder / part);
        EXPECT_EQ(lost_text([&] { database.check_place(); }), text) << part;
        EXPECT_EQ(lost_text([&] { save_pages(database, {new_page("http://a/")}); }), text) << part;
        (void)folder.file(part, "another");
        EXPECT_EQ(lost_text([&] { database.check_place(); }), text) << part;
    }
}

TEST(store, refuses_places_that_keep_nothing) {
    const auto refused = [](const std::string& path) {
        return opening_error<fetch::input_error>(path);
    };
    EXPECT_EQ(refused(":memory:"),
              "database ':memory:': want the name of a file; write ./:memory: "
              "when it is one");
    EXPECT_EQ(refused("file::memory:?cache=shared"),
              "database 'file::memory:?cache=shared': want the name of a file; write "
              "./file::memory:?cache=shared when it is one");
    EXPECT_EQ(refused("/dev/null"),
              "database '/dev/null': it is no regular file, and would keep nothing");
    const fetch_test::scratch_folder folder;
    const store named(folder / ":memory:");
    EXPECT_TRUE(std::filesystem::exists(folder / ":memory:"));
}

TEST(store, says_how_long_it_has_waited_for_another_program) {
    const fetch_test::scratch_folder folder;
    store database(folder / "db", {.busy_timeout = 100ms});
    sqlite_file other(folder / "db");
    other.execute("BEGIN IMMEDIATE");
    try {
        save_pages(database, {new_page("http://a/")});
        FAIL() << "no error";
    } catch (const fetch::database_error& error) {
        EXPECT_EQ(error.what(),
                  "database '" + (folder / "db") + "': locked by another program for 0.1 s");
    }
    other.execute("ROLLBACK");
    save_pages(database, {new_page("http://a/")});
    EXPECT_EQ(database.pages(), 1U);
}

TEST(store, has_each_url_once) {
    const fetch_test::scratch_folder folder;
    store database(folder / "db");
    save_pages(database, {new_page("http://a/", "old"), new_page("http://a/", "new")});
    save_pages(database, {new_page("http://a/", "newer")});
    EXPECT_EQ(database.pages(), 1U);
    sqlite_file file(folder / "db");
    EXPECT_EQ(file.text("SELECT body FROM pages"), "newer");
}

TEST(store, keeps_the_last_reason_of_a_dead_letter) {
    const fetch_test::scratch_folder folder;
    store database(folder / "db");
    save_dead(database, new_dead("http://a/", "first"));
    save_dead(database, new_dead("http://a/", "second"));
    EXPECT_EQ(database.dead_letters(), 1U);
    sqlite_file file(folder / "db");
    EXPECT_EQ(file.text("SELECT reason FROM dead_letters"), "second");
    EXPECT_EQ(file.number("SELECT attempts FROM dead_letters"), 3);
}

TEST(store, takes_a_url_off_the_dead_letters_when_its_page_comes) {
    const fetch_test::scratch_folder folder;
    store database(folder / "db");
    save_dead(database, new_dead("http://a/"));
    save_dead(database, new_dead("http://b/"));
    save_pages(database, {new_page("http://a/")});
    EXPECT_EQ(database.dead_letters(), 1U);
}

TEST(store, has_no_dead_letter_for_a_stored_page) {
    const fetch_test::scratch_folder folder;
    store database(folder / "db");
    save_pages(database, {new_page("http://a/")});
    save_dead(database, new_dead("http://a/"));
    EXPECT_EQ(database.dead_letters(), 0U);
}

TEST(store, takes_an_empty_file_for_a_new_one) {
    const fetch_test::scratch_folder folder;
    store database(folder.file("db", ""));
    EXPECT_EQ(database.pages(), 0U);
}

TEST(store, leaves_one_file_behind) {
    const fetch_test::scratch_folder folder;
    {
        store database(folder / "db");
        save_pages(database, {new_page("http://a/")});
    }
    EXPECT_TRUE(std::filesystem::exists(folder / "db"));
    EXPECT_FALSE(std::filesystem::exists(folder / "db-wal"));
}

TEST(store, refuses_and_keeps_a_file_that_is_no_database) {
    const fetch_test::scratch_folder folder;
    for (const std::size_t size : {1U, 16U, 30U, 5000U}) {
        const std::string text(size, 't');
        const std::string path = folder.file("notes.txt", text);
        EXPECT_EQ(opening_error<fetch::input_error>(path),
                  "database '" + path + "': not an SQLite database");
        EXPECT_TRUE(contents(path) == text);
    }
}

TEST(store, refuses_and_keeps_the_database_of_another_program) {
    const fetch_test::scratch_folder folder;
    const std::string path = folder / "other.db";
    for (const char* sql : {"CREATE TABLE pages(url)", "PRAGMA application_id = 7",
                            "DROP TABLE pages; PRAGMA user_version = 1"}) {
        sqlite_file(path).execute(sql);
        const std::string before = contents(path);
        EXPECT_EQ(opening_error<fetch::input_error>(path),
                  "database '" + path + "': belongs to another program, not to paipa-fetch");
        EXPECT_TRUE(contents(path) == before);
    }
}

TEST(store, leaves_a_log_alone_that_another_program_has_left_behind) {
    const fetch_test::scratch_folder folder;
    const std::string path = folder / "other.db";
    {
        sqlite_file other(folder / "running.db");
        other.text("PRAGMA journal_mode = WAL");
        other.execute("CREATE TABLE notes(text); INSERT INTO notes VALUES('dear diary')");
        for (const char* part : {"", "-wal"}) {
            std::filesystem::copy_file((folder / "running.db") + part, path + part);
        }
    }
    const std::string log = contents(path + "-wal");
    const std::string before = contents(path);
    EXPECT_EQ(opening_error<fetch::input_error>(path),
              "database '" + path + "': belongs to another program, not to paipa-fetch");
    EXPECT_TRUE(contents(path) == before);
    EXPECT_TRUE(contents(path + "-wal") == log);
}

TEST(store, refuses_a_later_layout) {
    const fetch_test::scratch_folder folder;
    const std::string path = folder / "db";
    {
        const store database(path);
    }
    sqlite_file(path).execute("PRAGMA user_version = 2");
    EXPECT_EQ(opening_error<fetch::input_error>(path),
              "database '" + path + "': has layout 2, this paipa-fetch reads layout 1");
}

TEST(store, says_why_it_cannot_open_a_file) {
    const fetch_test::scratch_folder folder;
    const std::string path = folder / "missing/db";
    EXPECT_EQ(opening_error<fetch::input_error>(path),
              "database '" + path + "': cannot open it: No such file or directory");
    EXPECT_EQ(opening_error<fetch::input_error>("/"), "database '/': it is a directory");
}

TEST(store, writes_a_batch_as_a_whole_or_not_at_all_when_it_is_full) {
    constexpr std::uint64_t limit = 100'000;
    const fetch_test::scratch_folder folder;
    store database(folder / "db", {.max_bytes = limit});
    save_pages(database, {new_page("http://a/", std::string(10'000, 'a'))});
    const std::vector<page> batch{new_page("http://b/", "small"),
                                  new_page("http://c/", std::string(limit, 'c'))};
    try {
        save_pages(database, batch);
        FAIL() << "no error";
    } catch (const fetch::database_error& error) {
        EXPECT_EQ(error.what(), "database '" + (folder / "db") + "': no space left");
    }
    EXPECT_EQ(database.pages(), 1U);
    save_pages(database, {new_page("http://d/", "still works")});
    EXPECT_EQ(database.pages(), 2U);
}

TEST(store, can_be_read_by_others_meanwhile) {
    const fetch_test::scratch_folder folder;
    store database(folder / "db");
    sqlite_file reader(folder / "db");
    EXPECT_EQ(reader.number("SELECT count(*) FROM pages"), 0);
    save_pages(database, {new_page("http://a/")});
    EXPECT_EQ(reader.number("SELECT count(*) FROM pages"), 1);
}

TEST(store, can_be_opened_twice) {
    const fetch_test::scratch_folder folder;
    store one(folder / "db");
    store two(folder / "db");
    save_pages(one, {new_page("http://a/")});
    save_pages(two, {new_page("http://b/")});
    EXPECT_EQ(one.pages(), 2U);
}

}  // namespace
