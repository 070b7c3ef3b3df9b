#include "database.hpp"

#include "sqlite.hpp"
#include "text.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <exception>
#include <filesystem>
#include <string>

namespace fetch_test {

namespace {

void check_row(const fetch::sqlite_statement& row, const std::string& url) {
    constexpr std::size_t time_length = 24;
    const std::string body = row.text(4);
    EXPECT_EQ(row.number(3), static_cast<std::int64_t>(body.size())) << url;
    EXPECT_EQ(row.text(5), fetch::hash_text(body)) << url;
    EXPECT_EQ(row.text(6).size(), time_length) << url;
    EXPECT_GE(row.number(7), 0) << url;
}

}  // namespace

database::database(const std::string& path) {
    fetch::sqlite_file file(path);
    EXPECT_EQ(file.text("PRAGMA integrity_check"), "ok");
    fetch::sqlite_statement rows(file,
                                 "SELECT url, status, type, bytes, body, hash, fetched_at,"
                                 " duration_ms FROM pages");
    while (rows.step()) {
        const std::string url = rows.text(0);
        const bool is_new =
            pages
                .insert(
                    {url, {.status = rows.number(1), .type = rows.text(2), .body = rows.text(4)}})
                .second;
        EXPECT_TRUE(is_new) << url << " is there twice";
        check_row(rows, url);
    }
    fetch::sqlite_statement dead_rows(file, "SELECT url, reason, attempts FROM dead_letters");
    while (dead_rows.step()) {
        const std::string url = dead_rows.text(0);
        const bool is_new =
            dead.insert({url, {.reason = dead_rows.text(1), .attempts = dead_rows.number(2)}})
                .second;
        EXPECT_TRUE(is_new) << url << " is there twice";
        EXPECT_EQ(pages.count(url), 0U) << url << " is stored and dead";
    }
}

std::int64_t count_rows(const std::string& path, const std::string& table) {
    if (!std::filesystem::exists(path)) {
        return 0;  // opening it would make it
    }
    fetch::sqlite_file file(path);
    if (file.number(("SELECT count(*) FROM sqlite_schema WHERE name = '" + table + "'").c_str()) ==
        0) {
        return 0;
    }
    return file.number(("SELECT count(*) FROM " + table).c_str());
}

void expect_true_pages(const database& found, const std::vector<fetch::site_page>& site,
                       const std::string& base) {
    std::size_t known = 0;
    for (const fetch::site_page& page : site) {
        const auto row = found.pages.find(base + page.path);
        if (row == found.pages.end()) {
            continue;
        }
        ++known;
        EXPECT_EQ(row->second.status, 200) << page.path;
        EXPECT_EQ(row->second.type, page.type) << page.path;
        EXPECT_TRUE(row->second.body == page.body) << page.path;
    }
    EXPECT_EQ(found.pages.size(), known) << "there are pages that are not on the site";
}

void expect_equal(const database& found, const std::vector<fetch::site_page>& site,
                  const std::string& base) {
    expect_true_pages(found, site, base);
    for (const fetch::site_page& page : site) {
        EXPECT_EQ(found.pages.count(base + page.path), 1U) << page.path << " is missing";
    }
    EXPECT_TRUE(found.dead.empty());
}

}  // namespace fetch_test
