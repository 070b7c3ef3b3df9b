#include "gunzip.hpp"

#include "support/gzip.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace {

using fetch::gunzip;
using fetch_test::gzip;

constexpr std::size_t no_limit = std::size_t{1} << 30;

std::string some_text() {
    std::string text;
    for (int n = 0; n < 20'000; ++n) {
        text += std::to_string(n * 7919);
    }
    return text;
}

// What it unpacks in pieces of this size; "(not whole)" behind it when the end is missing.
std::string unpacked(std::string_view packed, std::size_t piece = no_limit) {
    gunzip unpacker;
    std::string text;
    for (; !packed.empty(); packed.remove_prefix(std::min(piece, packed.size()))) {
        EXPECT_EQ(unpacker.unpack(packed.substr(0, piece), text, no_limit), gunzip::result::good);
    }
    return text + (unpacker.is_whole() ? "" : "(not whole)");
}

TEST(gunzip, unpacks_in_pieces_of_any_size) {
    const std::string text = some_text();
    const std::string packed = gzip(text);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, no_limit}) {
        EXPECT_TRUE(unpacked(packed, piece) == text) << piece;
    }
}

TEST(gunzip, is_not_whole_before_the_last_byte) {
    const std::string packed = gzip("hello");
    for (std::size_t size = 0; size < packed.size(); ++size) {
        EXPECT_TRUE(unpacked(packed.substr(0, size)).ends_with("(not whole)")) << size;
    }
    EXPECT_EQ(unpacked(packed), "hello");
}

TEST(gunzip, takes_several_members_and_passes_over_what_is_none) {
    EXPECT_EQ(unpacked(gzip("one, ") + gzip("two")), "one, two");
    EXPECT_EQ(unpacked(gzip("one, ") + gzip("two"), 1), "one, two");
    EXPECT_EQ(unpacked(gzip("one") + std::string(100, '\0')), "one");
    EXPECT_EQ(unpacked(gzip("one") + "xxxxxxxxx", 3), "one");
    EXPECT_EQ(unpacked(gzip("one, ") + gzip("two").substr(0, 8)), "one, (not whole)");
    EXPECT_EQ(unpacked(gzip("")), "");
}

TEST(gunzip, stops_at_the_limit) {
    const std::string packed = gzip(std::string(1'000'000, 'x'));
    std::string text;
    EXPECT_EQ(gunzip().unpack(packed, text, 1'000'000), gunzip::result::good);
    EXPECT_EQ(text.size(), 1'000'000U);
    text.clear();
    EXPECT_EQ(gunzip().unpack(packed, text, 999'999), gunzip::result::too_large);
    EXPECT_LE(text.size(), 999'999U);
}

TEST(gunzip, finds_what_is_damaged) {
    std::string text;
    EXPECT_EQ(gunzip().unpack("this is no gzip at all", text, no_limit), gunzip::result::damaged);
    std::string packed = gzip("hello");
    packed[packed.size() - 6] ^= 1;  // in the checksum
    EXPECT_EQ(gunzip().unpack(packed, text, no_limit), gunzip::result::damaged);
}

}  // namespace
