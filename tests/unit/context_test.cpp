#include <paipa/combine.hpp>
#include <paipa/context.hpp>
#include <paipa/step.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <type_traits>
#include <typeinfo>
#include <vector>

namespace {

// Only the engine makes one.
static_assert(!std::is_constructible_v<paipa::context, paipa::detail::worker_context&,
                                       const std::type_info*>);

TEST(context, is_the_second_parameter_of_a_function) {
    std::vector<std::size_t> seen;
    for (const std::size_t x :
         paipa::combine(std::vector{1, 2}, paipa::step("a", [](int x, paipa::context& here) {
                            return static_cast<std::size_t>(x) + here.index();
                        }))) {
        seen.push_back(x);
    }
    EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2}));
    static_assert(std::is_base_of_v<paipa::worker, paipa::context>);
}

struct item {
    int value;

    [[nodiscard]] int plus_attempt(paipa::context& here) const {
        return value + static_cast<int>(here.attempt());
    }
};

int plus_one(const int& x, const paipa::context& here) {
    return x + static_cast<int>(here.siblings());
}

TEST(context, is_for_functions_members_and_constant_references) {
    int sum = 0;
    for (const int x :
         paipa::combine(std::vector<item>{{1}, {2}}, paipa::step("member", &item::plus_attempt),
                        paipa::step("function", plus_one))) {
        sum += x;
    }
    EXPECT_EQ(sum, 2 + 3 + 2);
}

}  // namespace
