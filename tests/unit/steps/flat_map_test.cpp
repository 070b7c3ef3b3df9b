#include <paipa/generator.hpp>
#include <paipa/steps/flat_map.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <ranges>
#include <vector>

namespace {

TEST(flat_map, takes_containers_views_and_generators_apart) {
    const std::vector<int> expected{1, 2, 2, 3, 3, 3};
    EXPECT_EQ(outputs(paipa::flat_map(
                          [](int x) { return std::vector<int>(static_cast<std::size_t>(x), x); }),
                      std::vector{1, 2, 3}),
              expected);
    EXPECT_EQ(outputs(paipa::flat_map([](int x) -> paipa::generator<int> {
                          for (int i = 0; i < x; ++i) {
                              co_yield x;
                          }
                      }),
                      std::vector{1, 2, 3}),
              expected);
    EXPECT_EQ(outputs(paipa::flat_map([](int x) { return std::views::iota(0, x); }),
                      std::vector{2, 0, 1}),
              (std::vector<int>{0, 1, 0}));
}

}  // namespace
