#include "file_reader.hpp"

#include "error.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <sys/stat.h>

namespace {

constexpr std::size_t limit = 100'000;

std::string outcome(const std::string& path) {
    try {
        return "read " + std::to_string(fetch::read_file(path, limit).size());
    } catch (const fetch::permanent_error& error) {
        return error.what();
    }
}

TEST(file_reader, reads_up_to_its_limit) {
    const fetch_test::scratch_folder folder;
    EXPECT_EQ(fetch::read_file(folder.file("a", "content"), limit), "content");
    EXPECT_EQ(outcome(folder.file("empty", "")), "read 0");
    EXPECT_EQ(outcome(folder.file("full", std::string(limit, 'x'))), "read 100000");
    EXPECT_EQ(outcome(folder.file("more", std::string(limit + 1, 'x'))),
              "the body is larger than 97.7 KiB");
}

TEST(file_reader, says_why_there_is_nothing_to_read) {
    const fetch_test::scratch_folder folder;
    const std::string pipe = folder / "pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(outcome(folder / "missing"), "no such file");
    EXPECT_EQ(outcome(pipe), "not a regular file");
    EXPECT_EQ(outcome("/"), "not a regular file");
    EXPECT_EQ(outcome(folder.file("a", "") + "/b"), "cannot read it: Not a directory");
}

// Its first page is never mapped.
TEST(file_reader, takes_no_read_error_for_the_end) {
    EXPECT_EQ(outcome("/proc/self/mem"), "cannot read it: Input/output error");
}

}  // namespace
