#include <paipa/error.hpp>
#include <paipa/steps/chunk.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using chunks = std::vector<std::vector<int>>;

TEST(chunk, groups_items_and_sends_the_rest_at_the_end) {
    EXPECT_EQ(outputs(paipa::chunk(3), std::vector{1, 2, 3, 4, 5, 6, 7, 8}),
              (chunks{{1, 2, 3}, {4, 5, 6}, {7, 8}}));
    EXPECT_EQ(outputs(paipa::chunk(3), std::vector<int>{}), chunks{});
    EXPECT_EQ(outputs(paipa::chunk(2), std::vector{1, 2}), (chunks{{1, 2}}));
}

TEST(chunk, sends_what_it_has_before_a_meta_entry) {
    paipa::pipeline<int, std::vector<int>> p{paipa::chunk(10), {.quiet = true}};
    p.put_all({1, 2});
    p.put_meta(0);
    p.put(3);
    p.finish();
    chunks got;
    for (auto&& c : p.results()) {
        got.push_back(c);
    }
    EXPECT_EQ(got, (chunks{{1, 2}, {3}}));
}

TEST(chunk, refuses_size_0) {
    try {
        (void)paipa::chunk(0);
        FAIL();
    } catch (const paipa::config_error& e) {
        EXPECT_STREQ(e.what(), "paipa::chunk: size: expected at least 1, got 0");
    }
}

}  // namespace
