#include <paipa/combine.hpp>
#include <paipa/consume.hpp>
#include <paipa/steps/filter.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/steps/take.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <ranges>
#include <vector>

namespace {

std::vector<int> numbers(int count) {
    std::vector<int> all;
    for (int n = 0; n < count; ++n) {
        all.push_back(n);
    }
    return all;
}

TEST(take, passes_the_first_items_on_and_ends_the_run) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
        EXPECT_EQ(outputs(paipa::take(count), numbers(1000)), numbers(static_cast<int>(count)));
        EXPECT_EQ(outputs(paipa::take(count), numbers(2)),
                  numbers(std::min(static_cast<int>(count), 2)));
    }
}

TEST(take, leaves_the_books_balanced) {
    paipa::pipeline<int, int> p{paipa::take(3), {.quiet = true}};
    p.put_all(numbers(10));
    p.finish();
    std::vector<int> got;
    for (const int x : p.results()) {
        got.push_back(x);
    }
    EXPECT_EQ(got, numbers(3));
    EXPECT_TRUE(p.report().balanced()) << p.report();
}

TEST(take, moves_items_that_cannot_be_copied) {
    std::vector<std::unique_ptr<int>> items;
    for (int n = 0; n < 5; ++n) {
        items.push_back(std::make_unique<int>(n));
    }
    auto kept = outputs(paipa::take(2), std::move(items));
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(*kept[1], 1);
}

// What has been pulled of a source, and what came out.
struct walk {
    int pulled = 0;
    std::vector<int> got;
};

walk walk_through(std::size_t count, int until) {
    walk w;
    auto source = std::views::iota(0) | std::views::transform([&w](int n) {
                      ++w.pulled;
                      return n;
                  });
    auto add_ten = [](int n) { return n + 10; };
    for (const int x : paipa::combine(source, paipa::take(count), paipa::map(add_ten))) {
        w.got.push_back(x);
        if (x == until) {
            break;
        }
    }
    return w;
}

TEST(take, pulls_nothing_behind_the_last_one_in_a_chain) {
    EXPECT_EQ(walk_through(3, -1).got, (std::vector<int>{10, 11, 12}));
    EXPECT_EQ(walk_through(3, -1).pulled, 3);
    EXPECT_EQ(walk_through(3, 10).pulled, 1);
    EXPECT_EQ(walk_through(0, -1).pulled, 0);
}

TEST(take, is_a_plain_loop_in_a_chain) {
    int pulled = 0;
    std::vector<int> got;
    auto is_odd = [&pulled](int n) {
        ++pulled;
        return n % 2 == 1;
    };
    paipa::consume(paipa::combine(std::views::iota(0, 100), paipa::filter(is_odd), paipa::take(3)),
                   [&got](int n) { got.push_back(n); });
    EXPECT_EQ(got, (std::vector<int>{1, 3, 5}));
    EXPECT_EQ(pulled, 6);
}

TEST(take, may_stand_twice) {
    EXPECT_EQ(outputs(paipa::take(5) | paipa::take(2), numbers(9)), numbers(2));
    std::vector<int> got;
    for (const int x : paipa::combine(numbers(9), paipa::take(2), paipa::take(5))) {
        got.push_back(x);
    }
    EXPECT_EQ(got, numbers(2));
}

TEST(take, counts_on_one_thread) {
    try {
        (void)paipa::step("some", paipa::take(3), {.threads = 2});
        FAIL() << "no error";
    } catch (const paipa::config_error& error) {
        EXPECT_STREQ(error.what(),
                     "paipa::step 'some': threads: expected 1, because it counts the items of all, "
                     "got 2");
    }
    EXPECT_EQ(outputs(paipa::step("some", paipa::take(3), {.capacity = 1}), numbers(9)),
              numbers(3));
}

}  // namespace
