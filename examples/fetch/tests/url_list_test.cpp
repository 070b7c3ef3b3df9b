#include "url_list.hpp"

#include "error.hpp"
#include "line_reader.hpp"
#include "support/scratch_folder.hpp"
#include "url.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace {

using fetch::url_list;
using texts = std::vector<std::string>;

// Each line as "http://a/", "bad: <text>" or "repeated".
texts read(const std::string& text) {
    const fetch_test::scratch_folder folder;
    url_list list(folder.file("list.txt", text));
    const std::string place = folder / "";
    texts all;
    while (const auto line = list.next()) {
        if (const auto* const page = std::get_if<fetch::page_url>(&*line)) {
            all.push_back(page->text);
        } else if (const auto* const bad = std::get_if<fetch::bad_line>(&*line)) {
            EXPECT_TRUE(bad->text.starts_with(place)) << bad->text;
            all.push_back("bad: " + bad->text.substr(place.size()));
        } else {
            all.emplace_back("repeated");
        }
    }
    return all;
}

std::string strict_error(const std::string& text) {
    const fetch_test::scratch_folder folder;
    url_list list(folder.file("list.txt", text));
    try {
        (void)read_strictly(list);
    } catch (const fetch::input_error& error) {
        return std::string(error.what()).substr((folder / "").size());
    }
    return "no error";
}

std::string opening_error(const std::string& path) {
    try {
        const url_list list(path);
    } catch (const fetch::input_error& error) {
        return error.what();
    }
    return "no error";
}

TEST(url_list, skips_blank_lines_and_comments) {
    EXPECT_EQ(read("\n# a comment\nhttp://a/\n   \n\t# another\nhttp://b/"),
              (texts{"http://a/", "http://b/"}));
}

TEST(url_list, takes_blanks_and_carriage_returns_and_a_byte_order_mark_off) {
    EXPECT_EQ(read("\xEF\xBB\xBFhttp://a/\r\n  http://b/ \t\r\n"),
              (texts{"http://a/", "http://b/"}));
}

TEST(url_list, knows_pages_again) {
    EXPECT_EQ(read("http://b/\nhttp://a/\nHTTP://B\nhttp://a/#x\nhttp://b:80/\nhttp://a/?\n"),
              (texts{"http://b/", "http://a/", "repeated", "repeated", "repeated", "repeated"}));
}

TEST(url_list, may_be_empty) {
    EXPECT_EQ(read(""), texts{});
}

TEST(url_list, goes_on_behind_a_bad_line) {
    EXPECT_EQ(read("http://a/\n\nnot a url\nhttp://b/\n"),
              (texts{"http://a/",
                     "bad: list.txt:3: not a URL: 'not a url': it does not start with http://, "
                     "https:// or file://",
                     "http://b/"}));
}

TEST(url_list, shows_a_bad_line_fit_for_a_terminal) {
    EXPECT_EQ(read("\x1b[31mred\n"),
              (texts{"bad: list.txt:1: not a URL: '?[31mred': it does not start with http://, "
                     "https:// or file://"}));
    EXPECT_LT(read(std::string(5000, 'x')).at(0).size(), 300U);
}

TEST(url_list, shows_no_password_of_a_bad_line) {
    for (const char* bad :
         {"http://u:secret@host:99999/", "http://u:secret@ho st/", "u:secret@host",
          "ftp://u:secret@host/", "http://u:secret@/", "http://u:sec@secret@h h/"}) {
        const texts got = read(bad);
        ASSERT_EQ(got.size(), 1U) << bad;
        EXPECT_TRUE(got[0].starts_with("bad: ")) << got[0];
        EXPECT_EQ(got[0].find("sec"), std::string::npos) << got[0];
    }
}

TEST(url_list, keeps_no_more_of_a_line_than_a_url_may_have) {
    const std::size_t most = fetch::line_reader::longest;
    const std::string url = "http://a/";
    const std::string longest = url + std::string(most - url.size(), 'x');
    EXPECT_EQ(read(longest + "\n" + longest + "x\n" + std::string(most + 1, ' ') + url + "\n"),
              (texts{longest,
                     "bad: list.txt:2: not a URL: '" + url + std::string(50, 'x') + "..." +
                         std::string(58, 'x') + "': the line is longer than 64.0 KiB",
                     "bad: list.txt:3: not a URL: '': the line is longer than 64.0 KiB"}));
}

TEST(url_list, read_strictly_is_refused_for_its_first_bad_line) {
    EXPECT_EQ(strict_error("http://a/\n\nnot a url\nalso none\n"),
              "list.txt:3: not a URL: 'not a url': it does not start with http://, https:// or "
              "file://");
    const fetch_test::scratch_folder folder;
    url_list list(folder.file("list", "http://b/\nhttp://a/\nhttp://b/\n"));
    const auto pages = read_strictly(list);
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(pages[0].text, "http://b/");
    EXPECT_EQ(pages[1].text, "http://a/");
}

TEST(url_list, knows_how_many_lines_a_file_has) {
    const fetch_test::scratch_folder folder;
    EXPECT_EQ(url_list(folder.file("list", "http://a/\n#\n\nbad\nhttp://a/")).size(), 3U);
    EXPECT_EQ(url_list(folder.file("mark", "\xEF\xBB\xBF# a comment\nhttp://a/")).size(), 1U);
    EXPECT_EQ(url_list(folder.file("none", "")).size(), 0U);
    EXPECT_EQ(url_list("/dev/null").size(), std::nullopt);
}

TEST(url_list, says_why_a_file_cannot_be_read) {
    const fetch_test::scratch_folder folder;
    const std::string missing = folder / "missing";
    EXPECT_EQ(opening_error(missing),
              "cannot read the list '" + missing + "': No such file or directory");
    EXPECT_EQ(opening_error("/"), "cannot read the list '/': Is a directory");
}

}  // namespace
