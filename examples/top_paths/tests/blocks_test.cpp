#include "blocks.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

namespace {

using numbered = std::pair<std::uint64_t, std::string>;

std::vector<numbered> lines(const std::string& text, std::size_t block_bytes) {
    std::istringstream in(text);
    std::vector<numbered> all;
    for (const top_paths::block& b : top_paths::read_blocks(&in, block_bytes)) {
        for (const top_paths::line& l : top_paths::lines_of(b)) {
            all.emplace_back(l.number, l.text);
        }
    }
    return all;
}

TEST(blocks, hold_the_same_lines_whatever_their_size) {
    const std::string text = "one\ntwo\n\na line that is longer than most of the blocks\nfive";
    const std::vector<numbered> want{{1, "one"},
                                     {2, "two"},
                                     {3, ""},
                                     {4, "a line that is longer than most of the blocks"},
                                     {5, "five"}};
    for (std::size_t size = 1; size <= text.size() + 1; ++size) {
        EXPECT_EQ(lines(text, size), want) << "blocks of " << size;
        EXPECT_EQ(lines(text + '\n', size), want) << "blocks of " << size;
    }
}

TEST(blocks, lack_the_carriage_returns_of_line_ends) {
    const std::vector<numbered> want{{1, "one"}, {2, "t\rwo"}, {3, ""}, {4, "four"}};
    for (std::size_t size = 1; size <= 20; ++size) {
        EXPECT_EQ(lines("one\r\nt\rwo\r\n\r\nfour\r\n", size), want) << "blocks of " << size;
    }
}

TEST(blocks, are_none_where_there_is_no_text) {
    EXPECT_TRUE(lines("", 8).empty());
}

TEST(blocks, hold_whole_lines) {
    std::istringstream in("12345\n12345\n12345\n");
    std::vector<std::string> texts;
    for (const top_paths::block& b : top_paths::read_blocks(&in, 14)) {
        texts.emplace_back(b.text.begin(), b.text.end());
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"12345\n12345\n", "12345\n"}));
}

struct broken_buffer final : std::streambuf {
    int_type underflow() override { throw std::runtime_error("broken"); }
};

TEST(blocks, end_in_an_error_when_the_stream_fails) {
    broken_buffer broken;
    std::istream in(&broken);
    auto blocks = top_paths::read_blocks(&in);
    try {
        blocks.begin();
        FAIL() << "no error";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "cannot read the log");
    }
}

}  // namespace
