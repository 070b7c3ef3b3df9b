#include "wanted_pages.hpp"

#include "error.hpp"
#include "progress.hpp"
#include "store.hpp"
#include "stored_pages.hpp"
#include "support/scratch_folder.hpp"
#include "url.hpp"
#include "url_list.hpp"
#include "url_source.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace {

using fetch::list_line;
using fetch::page_url;

page_url numbered(std::size_t number) {
    return fetch::parse_url("http://a/" + std::to_string(number));
}

// Gives these lines; `size` is what it has promised.
fetch::url_source source(std::vector<list_line> lines, std::optional<std::uint64_t> size) {
    return {.next = [lines = std::move(lines), at = std::size_t{0}](
                        const std::stop_token&) mutable -> std::optional<list_line> {
                return at < lines.size() ? std::optional(lines[at++]) : std::nullopt;
            },
            .size = size};
}

class wanted_pages : public testing::Test {
protected:
    // Walks through the source; returns the totals that were shown meanwhile and at the end.
    std::vector<std::uint64_t> totals(fetch::url_source from, std::size_t until = SIZE_MAX) {
        fetch::stored_pages stored(folder_ / "db");
        fetch::wanted_pages wanted(std::move(from), stored, counters_);
        const auto say = [this](const std::string& line) { said_.push_back(line); };
        std::vector<std::uint64_t> shown{counters_.total};
        for (const page_url& page : wanted.pages({}, say)) {
            pages_.push_back(page.text);
            shown.push_back(counters_.total);
            if (pages_.size() == until) {
                wanted.close();
            }
        }
        shown.push_back(counters_.total);
        tally_ = wanted.tally();
        return shown;
    }

    fetch_test::scratch_folder folder_;
    fetch::store store_{folder_ / "db"};
    fetch::progress_counters counters_;
    fetch::list_tally tally_;
    std::vector<std::string> pages_;
    std::vector<std::string> said_;
};

using shown = std::vector<std::uint64_t>;

TEST_F(wanted_pages, are_counted_down_from_what_a_file_has) {
    fetch::page before;
    before.url = numbered(2).text;
    store_.save(std::vector<fetch::page>{before}, {});
    EXPECT_EQ(totals(source({numbered(1), numbered(2), fetch::bad_line{"bad"},
                             fetch::repeated_line{}, numbered(3)},
                            5)),
              (shown{5, 5, 2, 2}));
    EXPECT_EQ(pages_, (std::vector<std::string>{"http://a/1", "http://a/3"}));
    EXPECT_EQ(tally_.stored_before, 1U);
    EXPECT_EQ(tally_.bad_lines, 1U);
    EXPECT_EQ(said_, std::vector<std::string>{"paipa-fetch: bad"});
    EXPECT_TRUE(counters_.is_total_known);
}

TEST_F(wanted_pages, are_counted_up_where_nobody_knows_the_end) {
    EXPECT_EQ(totals(source({numbered(1), fetch::bad_line{"bad"}, numbered(2)}, std::nullopt)),
              (shown{0, 1, 2, 2}));
    EXPECT_TRUE(counters_.is_total_known);
}

TEST_F(wanted_pages, are_counted_right_when_the_file_has_changed) {
    EXPECT_EQ(
        totals(source(
            {numbered(1), fetch::bad_line{""}, fetch::bad_line{""}, numbered(2), numbered(3)}, 1)),
        (shown{1, 1, 2, 3, 3}));  // it has grown
    pages_.clear();
    EXPECT_EQ(totals(source({numbered(1)}, 100)), (shown{100, 100, 1}));  // it was cut off
}

TEST_F(wanted_pages, end_when_nobody_wants_more) {
    EXPECT_EQ(totals(source({numbered(1), numbered(2), numbered(3)}, std::nullopt), 2),
              (shown{0, 1, 2, 2}));
    EXPECT_FALSE(counters_.is_total_known);
}

TEST_F(wanted_pages, end_where_the_list_cannot_be_read) {
    fetch::url_source broken = source({}, 7);
    broken.next = [](const std::stop_token&) -> std::optional<list_line> {
        throw fetch::input_error("cannot read it");
    };
    EXPECT_EQ(totals(std::move(broken)), (shown{7, 0}));
    ASSERT_TRUE(tally_.error);
    EXPECT_THROW(std::rethrow_exception(tally_.error), fetch::input_error);
}

}  // namespace
