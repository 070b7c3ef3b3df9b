// Counts logs in every way that the program has, and again with plain loops.
#include "count.hpp"

#include "generate_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

namespace {

using top_paths::count_options;
using top_paths::count_result;
using row = std::pair<std::string, std::vector<std::uint64_t>>;  // path, requests and bytes

const std::vector<std::optional<std::size_t>> all_threads{std::nullopt, 1, 2, 4};

count_result count(const std::string& log, count_options chosen = {}) {
    std::istringstream in(log);
    return top_paths::count_paths(in, chosen);
}

std::vector<row> rows(const count_result& result) {
    std::vector<row> all;
    for (const top_paths::ranked_path& p : result.paths) {
        all.emplace_back(p.path, std::vector{p.total.requests, p.total.bytes});
    }
    return all;
}

// Knows no more than the shape of generated lines: the words between their spaces.
std::vector<row> count_plainly(const std::string& log, std::size_t top, const std::string& status) {
    std::map<std::string, std::vector<std::uint64_t>> sums;
    std::istringstream lines(log);
    for (std::string text; std::getline(lines, text);) {
        std::istringstream words(text);
        std::vector<std::string> word;
        for (std::string w; words >> w;) {
            word.push_back(w);
        }
        if (word.size() < 10 || word[7].substr(0, 4) != "HTTP" || word[9] == "many" ||
            (!status.empty() && word[8] != status)) {
            continue;
        }
        auto& sum = sums.try_emplace(word[6].substr(0, word[6].find('?')), 2, 0U).first->second;
        sum[0] += 1;
        sum[1] += word[9] == "-" ? 0 : std::stoull(word[9]);
    }
    std::vector<row> ranked(sums.begin(), sums.end());
    std::sort(ranked.begin(), ranked.end(), [](const row& a, const row& b) {
        return a.second[0] > b.second[0] || (a.second[0] == b.second[0] && a.first < b.first);
    });
    ranked.resize(std::min(top, ranked.size()));
    return ranked;
}

std::string generated(std::uint64_t lines, std::uint64_t seed) {
    std::ostringstream out;
    top_paths::generate_log(out, lines, seed);
    return out.str();
}

TEST(count, equals_plain_loops_on_any_number_of_threads) {
    const std::string log = generated(20'000, 7);
    const std::string malformed = count(log).malformed;
    EXPECT_NE(malformed, "");
    for (const auto& threads : all_threads) {
        const count_result all = count(log, {.top = 1000, .threads = threads, .block_bytes = 4096});
        EXPECT_EQ(rows(all), count_plainly(log, 1000, "")) << threads.value_or(0);
        EXPECT_EQ(all.malformed, malformed) << threads.value_or(0);
        const count_result missing =
            count(log, {.wanted = {.status = 404}, .top = 7, .threads = threads});
        EXPECT_EQ(rows(missing), count_plainly(log, 7, "404")) << threads.value_or(0);
    }
}

TEST(count, shares_are_of_all_requests_that_count) {
    const std::string get_a = "h - - [t] \"GET /a HTTP/1.1\" 200 5\n";
    const std::string post_b = "h - - [t] \"POST /b HTTP/1.1\" 200 5\n";
    const std::string log = get_a + post_b + get_a + get_a;
    const count_result all = count(log, {.top = 1});
    ASSERT_EQ(all.paths.size(), 1U);
    EXPECT_DOUBLE_EQ(all.paths[0].share, 0.75);
    const count_result posts = count(log, {.wanted = {.method = "POST"}});
    ASSERT_EQ(posts.paths.size(), 1U);
    EXPECT_DOUBLE_EQ(posts.paths[0].share, 1);
}

TEST(count, paths_with_as_many_requests_come_by_name) {
    const std::string head = "h - - [t] \"GET ";
    const std::string tail = " HTTP/1.1\" 200 5\n";
    for (const auto& threads : all_threads) {
        const count_result found =
            count(head + "/c" + tail + head + "/a" + tail + head + "/b" + tail,
                  {.top = 2, .threads = threads, .block_bytes = 40});
        EXPECT_EQ(rows(found), (std::vector<row>{{"/a", {1, 5}}, {"/b", {1, 5}}}));
    }
}

TEST(count, malformed_lines_are_counted_and_the_first_is_shown) {
    const std::string good = "h - - [t] \"GET /a HTTP/1.1\" 200 5\n";
    for (const auto& threads : all_threads) {
        const count_options chosen{.threads = threads, .block_bytes = 16};
        EXPECT_EQ(count(good + good, chosen).malformed, "");
        EXPECT_EQ(count(good + "bad\r\n" + good, chosen).malformed,
                  "1 malformed line, in line 2: bad");
        EXPECT_EQ(count(good + "\x1b[2J\n" + good + "bad\n\n", chosen).malformed,
                  "3 malformed lines, the first in line 2: ?[2J");
        EXPECT_EQ(count(std::string(100, 'x'), chosen).malformed,
                  "1 malformed line, in line 1: " + std::string(57, 'x') + "...");
    }
}

TEST(count, an_empty_log_has_no_paths) {
    for (const auto& threads : all_threads) {
        const count_result found = count("", {.threads = threads});
        EXPECT_TRUE(found.paths.empty());
        EXPECT_EQ(found.malformed, "");
    }
}

TEST(count, line_ends_and_block_sizes_make_no_difference) {
    const std::string long_path = '/' + std::string(100'000, 'p');
    const std::string tail = " HTTP/1.1\" 200 5";
    const std::string log = "h - - [t] \"GET /a" + tail + "\nh - - [t] \"GET " + long_path + tail +
                            "\nh - - [t] \"GET /a" + tail;
    std::string with_returns = log;
    for (auto at = with_returns.find('\n'); at != std::string::npos;
         at = with_returns.find('\n', at + 2)) {
        with_returns.insert(at, 1, '\r');
    }
    const std::vector<row> want{{"/a", {2, 10}}, {long_path, {1, 5}}};
    for (const auto& threads : all_threads) {
        for (const std::string& text : {log, log + '\n', with_returns, with_returns + "\r\n"}) {
            const count_result found = count(text, {.threads = threads});
            EXPECT_EQ(rows(found), want);
            EXPECT_EQ(found.malformed, "");
        }
    }
}

struct failing_buffer final : std::streambuf {
    int_type underflow() override { throw std::runtime_error("broken"); }
};

TEST(count, a_log_that_cannot_be_read_is_an_error) {
    for (const auto& threads : all_threads) {
        failing_buffer broken;
        std::istream in(&broken);
        try {
            top_paths::count_paths(in, {.threads = threads});
            FAIL() << "no error";
        } catch (const std::runtime_error& error) {
            EXPECT_STREQ(error.what(), "cannot read the log");
        }
    }
}

}  // namespace
