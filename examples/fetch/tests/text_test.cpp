#include "text.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;

TEST(text, printable_hides_control_characters) {
    EXPECT_EQ(fetch::printable("a\tb\n\x1b[0m\x7f"), "a?b??[0m?");
}

TEST(text, printable_shortens_the_middle) {
    EXPECT_EQ(fetch::printable("0123456789", 10), "0123456789");
    EXPECT_EQ(fetch::printable("0123456789a", 10), "0123...89a");
}

TEST(text, printable_is_utf8_whatever_comes_in) {
    EXPECT_EQ(fetch::printable("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
    EXPECT_EQ(fetch::printable("a\xFF\xC3z"), "a??z");
    EXPECT_EQ(fetch::printable("a\xC2\x9B"
                               "31m"),
              "a?31m");  // a terminal's escape, in UTF-8
    std::string umlauts;
    for (int n = 0; n < 20; ++n) {
        umlauts += "\xC3\xBC";
    }
    for (std::size_t limit = 4; limit < 40; ++limit) {
        EXPECT_TRUE(fetch::is_utf8(fetch::printable(umlauts, limit))) << limit;
    }
}

TEST(text, utf8_has_no_overlong_forms_no_surrogates_and_an_end) {
    for (const char* good :
         {"", "a", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(fetch::is_utf8(good)) << good;
    }
    for (const char* bad : {"\xFF", "\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                            "\xF4\x90\x80\x80", "\xC3", "\xE2\x82", "a\xFCz"}) {
        EXPECT_FALSE(fetch::is_utf8(bad)) << bad;
    }
}

TEST(text, percent_form_is_utf8_that_tells_the_bytes) {
    EXPECT_EQ(fetch::percent_form("/gr\xFC\xDF/\xC3\xBC"), "/gr%FC%DF/\xC3\xBC");
    EXPECT_EQ(fetch::percent_form("\xC3"), "%C3");
    EXPECT_EQ(fetch::percent_form("a\x1b[31m\xC2\x9B"), "a%1B[31m%C2%9B");
    EXPECT_EQ(fetch::percent_form(""), "");
}

TEST(text, without_secret_shows_no_password) {
    EXPECT_EQ(fetch::without_secret("http://host/"), "http://host/");
    EXPECT_EQ(fetch::without_secret("http://me:word@host/"), "http://...@host/");
    EXPECT_EQ(fetch::without_secret("http://me:wo@rd@host:99999/"), "http://...@host:99999/");
    EXPECT_EQ(fetch::without_secret("me:word@host"), "...@host");
    EXPECT_EQ(fetch::without_secret("me:word@host://x"), "...@host://x");
}

TEST(text, seconds_have_one_decimal) {
    EXPECT_EQ(fetch::seconds_text(1234ms), "1.2 s");
    EXPECT_EQ(fetch::seconds_text(30s), "30.0 s");
}

TEST(text, bytes_have_a_unit) {
    EXPECT_EQ(fetch::bytes_text(0), "0 B");
    EXPECT_EQ(fetch::bytes_text(1023), "1023 B");
    EXPECT_EQ(fetch::bytes_text(1536), "1.5 KiB");
    EXPECT_EQ(fetch::bytes_text(std::uint64_t{20} << 20U), "20.0 MiB");
    EXPECT_EQ(fetch::bytes_text(std::uint64_t{3} << 50U), "3072.0 TiB");
}

TEST(text, clocks_show_hours_when_there_are_any) {
    EXPECT_EQ(fetch::clock_text(7s), "0:07");
    EXPECT_EQ(fetch::clock_text(754s), "12:34");
    EXPECT_EQ(fetch::clock_text(3723s), "1:02:03");
}

TEST(text, times_are_iso_8601_with_milliseconds) {
    EXPECT_EQ(fetch::utc_text(std::chrono::system_clock::time_point(0s)),
              "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(fetch::utc_text(std::chrono::system_clock::time_point(1709211599987ms)),
              "2024-02-29T12:59:59.987Z");
}

TEST(text, hashes_are_those_of_xxhsum) {
    EXPECT_EQ(fetch::hash_text(""), "2d06800538d394c2");  // the published value of XXH3_64bits
    EXPECT_NE(fetch::hash_text("a"), fetch::hash_text("b"));
    EXPECT_EQ(fetch::hash_text(std::string(100'000, 'x')).size(), 16U);
}

TEST(text, counts_agree_with_their_noun) {
    EXPECT_EQ(fetch::counted(0, "page"), "0 pages");
    EXPECT_EQ(fetch::counted(1, "page"), "1 page");
    EXPECT_EQ(fetch::counted(2, "page"), "2 pages");
}

}  // namespace
