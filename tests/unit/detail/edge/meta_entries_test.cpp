#include <paipa/detail/edge/meta_entries.hpp>

#include <gtest/gtest.h>

#include <any>
#include <cstdint>
#include <utility>
#include <vector>

namespace {

using paipa::detail::meta_entries;

void push(meta_entries& to, int n) {
    to.push({static_cast<std::uint64_t>(10 * n), n});
}

/// Takes the first `n` entries; the numbers that were in them.
std::vector<int> take(meta_entries& from, int n) {
    std::vector<int> all;
    for (int i = 0; i < n; ++i) {
        all.push_back(std::any_cast<int>(from.front().value));
        EXPECT_EQ(std::as_const(from).front().position,
                  static_cast<std::uint64_t>(10 * all.back()));
        from.pop();
    }
    return all;
}

using numbers = std::vector<int>;

TEST(meta_entries, come_out_in_the_order_in_which_they_came_in) {
    meta_entries entries;
    EXPECT_TRUE(entries.empty());
    for (int n = 0; n < 5; ++n) {
        push(entries, n);
    }
    EXPECT_FALSE(entries.empty());
    EXPECT_EQ(take(entries, 5), (numbers{0, 1, 2, 3, 4}));
    EXPECT_TRUE(entries.empty());
}

TEST(meta_entries, stay_in_order_while_some_pass_and_others_come) {
    meta_entries entries;
    numbers passed;
    int next = 0;
    for (int round = 1; round <= 20; ++round) {
        for (int i = 0; i < round; ++i) {
            push(entries, next++);
        }
        for (const int n : take(entries, round - 1)) {  // so ever more entries wait
            passed.push_back(n);
        }
        EXPECT_FALSE(entries.empty());
    }
    for (const int n : take(entries, 20)) {
        passed.push_back(n);
    }
    EXPECT_TRUE(entries.empty());
    numbers all;
    for (int n = 0; n < next; ++n) {
        all.push_back(n);
    }
    EXPECT_EQ(passed, all);
}

TEST(meta_entries, change_hands_with_those_that_have_passed) {
    meta_entries entries;
    for (int n = 0; n < 5; ++n) {
        push(entries, n);
    }
    take(entries, 2);  // they are still in the memory
    meta_entries others;
    push(others, 7);
    entries.swap(others);
    EXPECT_EQ(take(others, 3), (numbers{2, 3, 4}));
    EXPECT_TRUE(others.empty());
    EXPECT_EQ(take(entries, 1), (numbers{7}));
    EXPECT_TRUE(entries.empty());
}

}  // namespace
