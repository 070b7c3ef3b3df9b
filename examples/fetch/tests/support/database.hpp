#ifndef PAIPA_FETCH_TESTS_DATABASE_HPP
#define PAIPA_FETCH_TESTS_DATABASE_HPP

#include "site.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fetch_test {

/// One row of the table pages.
struct page_row {
    std::int64_t status = 0;
    std::string type;
    std::string body;
};

/// One row of the table dead_letters.
struct dead_row {
    std::string reason;
    std::int64_t attempts = 0;
};

/// What a database of paipa-fetch holds, by URL. Reading it checks, as test failures, that SQLite
/// finds the file whole, and that each row's length, hash and times fit.
struct database {
    explicit database(const std::string& path);

    std::map<std::string, page_row> pages;
    std::map<std::string, dead_row> dead;
};

/// Number of rows of a table, 0 while there is no such file or table.
[[nodiscard]] std::int64_t count_rows(const std::string& path, const std::string& table);

/// Checks that every page in `found` is as on the site, whose URLs start with `base`.
void expect_true_pages(const database& found, const std::vector<fetch::site_page>& site,
                       const std::string& base);

/// Checks that `found` is the site: nothing missing, nothing doubled, nothing else.
void expect_equal(const database& found, const std::vector<fetch::site_page>& site,
                  const std::string& base);

}  // namespace fetch_test

#endif
