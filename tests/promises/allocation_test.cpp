#include "support.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

// Items that own no memory cost no allocation each: a run of many allocates as often as one of few.

// The sanitizers have their own operator new.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define PAIPA_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define PAIPA_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef PAIPA_COUNTS_ALLOCATIONS
#define PAIPA_COUNTS_ALLOCATIONS 1
#endif

namespace {

std::atomic<long> allocations = 0;
std::atomic<long> living = 0;

[[maybe_unused]] void* counted(std::size_t bytes, std::size_t alignment) {
    ++allocations;
    ++living;
    void* const p =
        alignment == 0
            ? std::malloc(bytes)
            : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    if (p == nullptr) {
        throw std::bad_alloc();
    }
    return p;
}

}  // namespace

// Not inlined: g++ 12 takes a pair of which it sees one half for a mismatch.
#if PAIPA_COUNTS_ALLOCATIONS
void* operator new(std::size_t bytes) {
    return counted(bytes, 0);
}

void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return counted(bytes, static_cast<std::size_t>(alignment));
}

[[gnu::noinline]] void operator delete(void* p) noexcept {
    living -= p == nullptr ? 0 : 1;
    std::free(p);
}

[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
    living -= p == nullptr ? 0 : 1;
    std::free(p);
}

[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept {
    living -= p == nullptr ? 0 : 1;
    std::free(p);
}

[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
    living -= p == nullptr ? 0 : 1;
    std::free(p);
}
#endif

namespace {

using namespace promises;

class allocations_per_item : public with_threads {
protected:
    void SetUp() override {
        if (PAIPA_COUNTS_ALLOCATIONS == 0) {
            GTEST_SKIP() << "a sanitizer counts for itself";
        }
    }

    /// Allocations of a run of so many items.
    template <class Flow>
    static long of_run(const Flow& flow, int items, std::size_t capacity = 64) {
        const long before = allocations;
        paipa::pipeline<int> p{flow, {.quiet = true, .capacity = capacity}};
        p.put_iterable(std::views::iota(0, items));
        expect_closed(p.run());
        return allocations - before;
    }

    /// Buffers that still grow, wake-ups and reports may differ a little from run to run.
    template <class Flow>
    static void expect_none(const Flow& flow, std::size_t capacity = 64) {
        const long few = of_run(flow, 2'000, capacity);
        const long many = of_run(flow, 22'000, capacity);
        EXPECT_LT(many - few, 200) << few << " for 2,000 items, " << many << " for 22,000";
    }

    [[nodiscard]] static paipa::step_options options() { return {.threads = threads()}; }
};

PAIPA_WITH_THREADS(allocations_per_item);

TEST_P(allocations_per_item, are_counted_at_all) {
    const auto flow = paipa::step("a", [](int x) { return std::make_unique<int>(x); }, options());
    EXPECT_GE(of_run(flow, 2'000), 2'000);
}

TEST_P(allocations_per_item, are_none_in_function_steps) {
    expect_none(paipa::step(
                    "a", [](int x) { return x; }, options()) |
                paipa::step(
                    "b", [](int x) { return std::optional(x); }, options()) |
                paipa::step(
                    "c", [](int x) { return static_cast<double>(x); }, options()) |
                paipa::step("d", [](double) {}, options()));
}

TEST_P(allocations_per_item, are_none_where_edges_hold_one_item) {
    expect_none(paipa::step(
                    "a", [](int x) { return x; }, options()) |
                    paipa::step(
                        "b", [](int) {}, options()),
                1);
}

TEST_P(allocations_per_item, are_none_in_class_steps) {
    struct passing final : paipa::abstract_step<int, int> {
        int process(int x) override { return x; }
    };

    struct emitting final : paipa::abstract_step<int, int, void> {
        void process(int x) override { emit(x); }
    };

    expect_none(paipa::step<passing>("a", options()) | paipa::step<emitting>("b", options()));
}

TEST_P(allocations_per_item, are_none_in_iter_steps) {
    expect_none(paipa::iter_step(
        "a",
        [](paipa::generator<int> in) -> paipa::generator<int> {
            for (const int x : in) {
                co_yield x;
            }
        },
        options()));
}

TEST_P(allocations_per_item, are_none_in_stock_steps) {
    expect_none(
        paipa::step("a", paipa::identity(), options()) |
        paipa::step("b", paipa::filter([](int x) { return x % 2 == 0; }), options()) |
        paipa::step("c", paipa::flat_map([](int x) { return std::views::single(x); }), options()));
}

TEST_P(allocations_per_item, are_none_in_ordered_steps) {
    auto o = options();
    o.ordered = true;
    expect_none(paipa::step("a", [](int x) { return x; }, o));
}

/// Items of so many elements, moved out of one variable; `kept` counts those that remained in it.
template <class Item>
paipa::generator<Item> of_one_variable(int items, std::size_t elements, int* kept) {
    Item item;
    for (int i = 0; i < items; ++i) {
        item.assign(elements, 'x');
        co_yield std::move(item);
        *kept += item.empty() ? 0 : 1;
    }
}

/// What 20,000 items more cost whose step only looks at them.
template <class Item>
long of_items_looked_at(std::size_t elements, std::size_t threads) {
    int kept = 0;
    const auto run = [&](int items) {
        const long before = allocations;
        std::atomic<std::size_t> seen = 0;
        const auto look = [&](const Item& item) { seen += item.size(); };
        paipa::pipeline p{paipa::step("a", look, {.threads = threads}),
                          {.quiet = true, .capacity = 64}};
        p.put_iterable(of_one_variable<Item>(items, elements, &kept));
        expect_closed(p.run());
        EXPECT_EQ(seen, static_cast<std::size_t>(items) * elements);
        return allocations - before;
    };
    const long few = run(20'000);
    const long many = run(40'000);
    EXPECT_EQ(kept, 0);
    return many - few;
}

TEST_P(allocations_per_item, are_given_back_by_strings_that_were_put_before_the_run) {
    constexpr int items = 20'000;
    const long before = living;
    std::atomic<long> left = items;  // the least: who looked last may not be who says so last
    const auto look = [&](const std::string&) {
        const long now = living - before;
        long least = left;
        while (now < least && !left.compare_exchange_weak(least, now)) {
        }
    };
    paipa::pipeline<std::string> p{paipa::step("a", look, {.threads = threads(), .capacity = 64}),
                                   {.quiet = true}};
    for (int i = 0; i < items; ++i) {
        p.put(std::string(100, 'x'));
    }
    EXPECT_GE(living - before, items);
    p.finish();
    expect_closed(p.run());
    EXPECT_LT(left, items / 10);
}

// Each place that an item can be in needs memory once.
TEST_P(allocations_per_item, are_few_where_strings_and_vectors_are_only_looked_at) {
    EXPECT_LT(of_items_looked_at<std::string>(100, threads()), 2'000);
    EXPECT_LT(of_items_looked_at<std::vector<char>>(100, threads()), 2'000);
}

TEST_P(allocations_per_item, are_made_for_large_strings_as_their_memory_is_not_kept) {
    EXPECT_GE(of_items_looked_at<std::string>(1'000, threads()), 19'000);
    EXPECT_GE(of_items_looked_at<std::vector<double>>(100, threads()), 19'000);
}

TEST_P(allocations_per_item, are_none_where_a_retry_may_follow) {
    auto o = options();
    o.retry.attempts = 3;
    o.on_failure = paipa::failure_action::dead_letter;
    expect_none(paipa::step("a", [](const int& x) { return x; }, o));
}

TEST_P(allocations_per_item, are_none_from_put_to_results) {
    const auto run = [](int items) {
        const long before = allocations;
        paipa::pipeline p{
            paipa::step("a", [](int x) { return x; }, options()), {.quiet = true, .capacity = 64}};
        std::thread putting([&p, items] {
            for (int i = 0; i < items; ++i) {
                p.put(i);
            }
            p.finish();
        });
        p.start();
        for ([[maybe_unused]] const int x : p.results()) {
        }
        putting.join();
        expect_closed(p.report());
        return allocations - before;
    };
    const long few = run(1'000);
    const long many = run(11'000);
    EXPECT_LT(many - few, 200) << few << " for 1,000 items, " << many << " for 11,000";
}

}  // namespace
