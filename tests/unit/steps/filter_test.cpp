#include <paipa/steps/filter.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace {

TEST(filter, counts_what_it_leaves_out_as_skipped) {
    paipa::pipeline<int> p{paipa::filter([](int x) { return x > 2; }), {.quiet = true}};
    p.put_all({1, 2, 3});
    p.finish();
    EXPECT_EQ(p.run().skipped(), 2);
    EXPECT_EQ(p.count(), 1);
}

TEST(filter, looks_at_move_only_items) {
    std::vector<std::unique_ptr<int>> items;
    for (int i = 0; i < 4; ++i) {
        items.push_back(std::make_unique<int>(i));
    }
    auto kept = outputs(paipa::filter([](const std::unique_ptr<int>& x) { return *x == 2; }),
                        std::move(items));
    ASSERT_EQ(kept.size(), 1);
    EXPECT_EQ(*kept[0], 2);
}

}  // namespace
