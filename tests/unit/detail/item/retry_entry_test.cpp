#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace {

using paipa::detail::comes_back;
using paipa::detail::retry_entry;

retry_entry entry(int due, std::uint64_t age) {
    retry_entry e{};
    e.due = paipa::time_point(paipa::duration(due));
    e.age = age;
    return e;
}

TEST(retry_entry, leaves_a_heap_by_its_time_and_among_equal_times_by_its_age) {
    std::vector<retry_entry> heap;
    for (auto [due, age] : {std::pair(3, 0), {1, 5}, {2, 1}, {1, 4}, {1, 6}}) {
        heap.push_back(entry(due, static_cast<std::uint64_t>(age)));
        std::push_heap(heap.begin(), heap.end());
    }
    std::vector<std::pair<paipa::duration::rep, std::uint64_t>> order;
    while (!heap.empty()) {
        std::pop_heap(heap.begin(), heap.end());
        order.emplace_back(heap.back().due.time_since_epoch().count(), heap.back().age);
        heap.pop_back();
    }
    EXPECT_EQ(order, (std::vector<std::pair<paipa::duration::rep, std::uint64_t>>{
                         {1, 4}, {1, 5}, {1, 6}, {2, 1}, {3, 0}}));
}

TEST(retry_entry, comes_back_after_a_failure_if_nobody_says_why) {
    EXPECT_EQ(entry(0, 0).why, comes_back::after_a_failure);
}

}  // namespace
