#include "file_identity.hpp"

#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace {

using fetch::file_identity;

TEST(file_identity, is_kept_while_the_file_is_written) {
    const fetch_test::scratch_folder folder;
    const std::string path = folder.file("a", "one");
    const file_identity identity(path);
    (void)folder.file("a", "two");
    EXPECT_TRUE(identity.is_still_at(path));
}

TEST(file_identity, is_lost_with_the_file) {
    const fetch_test::scratch_folder folder;
    const std::string path = folder.file("a", "one");
    const file_identity identity(path);
    std::filesystem::rename(path, folder / "b");
    EXPECT_FALSE(identity.is_still_at(path));
    EXPECT_TRUE(identity.is_still_at(folder / "b"));
    (void)folder.file("a", "one");
    EXPECT_FALSE(identity.is_still_at(path));
}

TEST(file_identity, of_nothing_is_nothing) {
    const fetch_test::scratch_folder folder;
    const file_identity identity(folder / "a");
    EXPECT_TRUE(identity.is_still_at(folder / "a"));
    (void)folder.file("a", "");
    EXPECT_FALSE(identity.is_still_at(folder / "a"));
}

}  // namespace
