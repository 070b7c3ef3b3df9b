#include <paipa/paipa.hpp>

#include "shortage.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <optional>
#include <ranges>

// An ordered step whose worker has no memory to note what an item has made.

namespace fault {
namespace {

/// Item number `at` is skipped, and the next allocation fails.
paipa::generator<int> one_of_one(std::atomic<int>* seen, int at, std::optional<shortage>* soon,
                                 int x) {
    if ((*seen)++ == at) {
        soon->emplace(1, 1);
        throw paipa::skip_entry{};
    }
    co_yield x;
}

TEST(order, counts_every_item_where_memory_ends_behind_one) {
    if (!shortage::is_possible()) {
        GTEST_SKIP() << "the sanitizer insists on its own allocations";
    }
    int felt = 0;
    for (int at = 0; at < 300; ++at) {
        std::atomic<int> seen = 0;
        std::optional<shortage> soon;
        const auto f = [&](int x) { return one_of_one(&seen, at, &soon, x); };
        paipa::pipeline p{paipa::step("a", f, {.threads = 2, .capacity = 512, .ordered = true}) |
                              paipa::step("b", [](int) {}),
                          {.quiet = true}};
        p.put_all(std::views::iota(0, 400));
        p.finish();
        try {
            p.run();
        } catch (const std::bad_alloc&) {
            ++felt;
        }
        soon.reset();
        const paipa::report r = p.report();
        EXPECT_TRUE(r.balanced()) << at << "\n" << r;
        for (const paipa::step_report& s : r.steps) {
            EXPECT_EQ(s.inside, 0) << at << "\n" << r;
        }
    }
    EXPECT_GT(felt, 0);
}

}  // namespace
}  // namespace fault
