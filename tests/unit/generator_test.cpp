#include <paipa/generator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define PAIPA_TEST_IS_SLOW 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define PAIPA_TEST_IS_SLOW 1
#endif
#endif

namespace {

#ifdef PAIPA_TEST_IS_SLOW
constexpr int many = 1'000'000;
#else
constexpr int many = 10'000'000;
#endif

using paipa::elements_of;
using paipa::generator;

static_assert(std::ranges::input_range<generator<int>>);
static_assert(std::ranges::view<generator<int>>);
static_assert(
    std::is_same_v<std::ranges::range_value_t<generator<const std::string&>>, std::string>);
static_assert(std::is_same_v<std::ranges::range_reference_t<generator<int>>, int&&>);
static_assert(std::is_same_v<std::ranges::range_reference_t<generator<const int&>>, const int&>);

template <class R>
auto all(R range) {
    std::vector<std::ranges::range_value_t<R>> items;
    for (auto&& x : range) {
        items.push_back(std::forward<decltype(x)>(x));
    }
    return items;
}

generator<int> count(int n) {
    for (int i = 0; i < n; ++i) {
        co_yield i;
    }
}

TEST(generator, yields_lazily) {
    int made = 0;
    auto g = [](int* m) -> generator<int> {
        while (true) {
            co_yield ++*m;
        }
    }(&made);
    EXPECT_EQ(made, 0);
    auto i = g.begin();
    EXPECT_EQ(*i, 1);
    ++i;
    EXPECT_EQ(*i, 2);
    EXPECT_EQ(made, 2);
}

TEST(generator, carries_move_only_items) {
    auto g = [](int n) -> generator<std::unique_ptr<int>> {
        for (int i = 0; i < n; ++i) {
            co_yield std::make_unique<int>(i);
        }
    }(3);
    int sum = 0;
    for (std::unique_ptr<int>&& p : g) {
        const std::unique_ptr<int> mine = std::move(p);
        sum += *mine;
    }
    EXPECT_EQ(sum, 3);
}

generator<int> tree(int depth) {
    if (depth > 0) {
        co_yield elements_of(tree(depth - 1));
        co_yield depth;
        co_yield elements_of(tree(depth - 1));
    }
}

TEST(generator, yields_all_of_nested_generators_in_order) {
    EXPECT_EQ(all(tree(3)), (std::vector<int>{1, 2, 1, 3, 1, 2, 1}));
}

generator<const std::string&> words(std::vector<std::string> v) {
    co_yield elements_of(v);
    const std::string last = "end";
    co_yield last;
}

TEST(generator, yields_all_of_any_range) {
    EXPECT_EQ(all(words({"a", "b"})), (std::vector<std::string>{"a", "b", "end"}));
}

generator<int> deep(int n) {
    co_yield n;
    if (n > 0) {
        co_yield elements_of(deep(n - 1));
    }
}

TEST(generator, needs_no_stack_for_depth_or_length) {
    EXPECT_EQ(all(deep(100'000)).size(), 100'001);
    auto left_half_way = deep(100'000);
    auto i = left_half_way.begin();
    for (int n = 0; n < 50'000; ++n) {
        ++i;
    }
    EXPECT_EQ(*i, 50'000);
    auto empty_ones = [](int n) -> generator<int> {
        for (int k = 0; k < n; ++k) {
            co_yield elements_of(count(0));
        }
        co_yield 1;
    };
    EXPECT_EQ(all(empty_ones(1'000'000)).size(), 1);
}

generator<int> throwing(int depth) {
    if (depth == 0) {
        throw std::runtime_error("deep");
    }
    co_yield depth;
    co_yield elements_of(throwing(depth - 1));
}

TEST(generator, lets_exceptions_out_of_any_depth) {
    std::vector<int> seen;
    auto g = throwing(3);
    try {
        for (int x : g) {
            seen.push_back(x);
        }
        FAIL();
    } catch (const std::runtime_error& e) {
        EXPECT_STREQ(e.what(), "deep");
    }
    EXPECT_EQ(seen, (std::vector<int>{3, 2, 1}));
}

TEST(generator, can_go_on_after_an_inner_exception) {
    auto g = []() -> generator<int> {
        try {
            co_yield elements_of(throwing(1));
        } catch (const std::runtime_error&) {
            // the inner one has ended
        }
        co_yield 9;
    }();
    EXPECT_EQ(all(std::move(g)), (std::vector<int>{1, 9}));
}

struct counted {
    explicit counted(int* n) : live(n) { ++*live; }

    counted(const counted& other) : live(other.live) { ++*live; }

    counted& operator=(const counted&) = delete;

    ~counted() { --*live; }

    int* live;
};

generator<int> holding(int* live, int depth) {
    const counted mine(live);
    co_yield depth;
    if (depth > 0) {
        co_yield elements_of(holding(live, depth - 1));
    }
}

TEST(generator, destroys_everything_once_when_left_early) {
    int live = 0;
    for (int steps = 0; steps <= 6; ++steps) {
        auto g = holding(&live, 5);
        auto i = g.begin();
        for (int n = 0; n < steps && i != g.end(); ++n) {
            ++i;
        }
    }
    EXPECT_EQ(live, 0);
}

TEST(generator, destroys_everything_once_from_any_depth) {
    int live = 0;
    {
        auto g = holding(&live, 100'000);
        auto i = g.begin();
        for (int n = 0; n < 50'000; ++n) {
            ++i;
        }
        EXPECT_EQ(live, 50'001);
    }
    EXPECT_EQ(live, 0);
}

generator<int> passing(int* live, generator<int> items) {
    const counted mine(live);
    for (const int x : items) {
        co_yield x;
    }
}

TEST(generator, runs_as_the_step_of_a_chain_of_ten_thousand) {
    int live = 0;
    {
        auto g = count(5);
        for (int n = 0; n < 10'000; ++n) {
            g = passing(&live, std::move(g));
        }
        EXPECT_EQ(live, 0);
        auto i = g.begin();
        ++i;
        EXPECT_EQ(*i, 1);
        EXPECT_EQ(live, 10'000);
    }
    EXPECT_EQ(live, 0);
    auto g = count(3);
    for (int n = 0; n < 10'000; ++n) {
        g = passing(&live, std::move(g));
    }
    EXPECT_EQ(all(std::move(g)), (std::vector<int>{0, 1, 2}));
    EXPECT_EQ(live, 0);
}

/// How far the stack reaches while items pass.
struct stack_range {
    void note() {
        const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        lowest = std::min(lowest, here);
        highest = std::max(highest, here);
    }

    std::uintptr_t lowest = UINTPTR_MAX;
    std::uintptr_t highest = 0;
};

generator<int> measuring(stack_range* stack, generator<int> items) {
    for (const int x : items) {
        stack->note();
        co_yield x;
    }
}

generator<int> all_of_them(stack_range* stack, int n) {
    for (int k = 0; k < n; k += 1'000) {
        co_yield elements_of(measuring(stack, count(1'000)));
    }
}

TEST(generator, uses_the_same_stack_for_the_first_item_and_the_last) {
    stack_range stack;
    std::int64_t sum = 0;
    for (const int x : measuring(&stack, measuring(&stack, count(many)))) {
        sum += x;
    }
    EXPECT_EQ(sum, std::int64_t{many} * (many - 1) / 2);
    EXPECT_LT(stack.highest - stack.lowest, 4'096U);
    stack_range nested;
    for (const int x : all_of_them(&nested, many / 10)) {
        sum -= x;
    }
    EXPECT_LT(nested.highest - nested.lowest, 4'096U);
}

generator<int> from_pool(std::allocator_arg_t, std::pmr::polymorphic_allocator<> /*pool*/, int n);

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored \
    "-Wmismatched-new-delete"  // g++ 12 takes our own pair for a mismatch
#endif
generator<int> from_pool(std::allocator_arg_t, std::pmr::polymorphic_allocator<> /*pool*/, int n) {
    for (int i = 0; i < n; ++i) {
        co_yield i;
    }
}

TEST(generator, takes_its_memory_from_a_given_allocator) {
    std::array<std::byte, 4096> memory{};
    std::pmr::monotonic_buffer_resource pool(memory.data(), memory.size(),
                                             std::pmr::null_memory_resource());
    EXPECT_EQ(all(from_pool(std::allocator_arg, &pool, 4)), (std::vector<int>{0, 1, 2, 3}));
}

using pooled = generator<int, int, std::pmr::polymorphic_allocator<>>;

struct numbers_of {
    pooled up_to(std::allocator_arg_t, std::pmr::polymorphic_allocator<> /*pool*/, int n) const {
        for (int i = 0; i < n; ++i) {
            co_yield i + first;
        }
    }

    int first;
};

pooled nested(std::allocator_arg_t, std::pmr::polymorphic_allocator<> pool, numbers_of numbers) {
    co_yield elements_of(numbers.up_to(std::allocator_arg, pool, 2));
    const std::vector more{7, 8};
    co_yield elements_of(more, pool);
}

TEST(generator, takes_the_memory_of_nested_ones_and_of_members_from_a_given_allocator) {
    std::array<std::byte, 8192> memory{};
    std::pmr::monotonic_buffer_resource pool(memory.data(), memory.size(),
                                             std::pmr::null_memory_resource());
    EXPECT_EQ(all(nested(std::allocator_arg, &pool, {3})), (std::vector<int>{3, 4, 7, 8}));
}

// Reference and value types

generator<int&> each_of(std::vector<int>& numbers) {
    for (int& n : numbers) {
        co_yield n;
    }
}

generator<std::vector<bool>::reference, bool> bits_of(std::vector<bool>& bits) {
    for (auto bit : bits) {
        co_yield bit;
    }
    co_yield elements_of(bits);
}

generator<const std::string&> texts() {
    const std::string a = "a";
    co_yield a;
    co_yield std::string("b");
    co_yield "c";
}

TEST(generator, yields_references_and_proxies) {
    std::vector numbers{1, 2};
    for (int& n : each_of(numbers)) {
        n *= 2;
    }
    EXPECT_EQ(numbers, (std::vector{2, 4}));
    std::vector<bool> bits{true, false};
    for (auto bit : bits_of(bits)) {
        bit = !bit;
    }
    EXPECT_EQ(bits, (std::vector<bool>{true, false}));  // turned twice
    static_assert(std::is_same_v<std::ranges::range_reference_t<generator<const std::string&>>,
                                 const std::string&>);
    static_assert(
        std::is_same_v<std::ranges::range_value_t<generator<const std::string&>>, std::string>);
    static_assert(
        std::is_same_v<std::ranges::range_reference_t<generator<std::string>>, std::string&&>);
    static_assert(
        std::is_same_v<std::ranges::range_value_t<generator<std::vector<bool>::reference, bool>>,
                       bool>);
    std::string all_texts;
    for (const std::string& text : texts()) {
        all_texts += text;
    }
    EXPECT_EQ(all_texts, "abc");
}

}  // namespace
