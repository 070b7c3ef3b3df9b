#include <paipa/pipeline.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/testing/collector.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

template <class Flow>
auto outputs(const Flow& flow) {
    paipa::pipeline<int, typename Flow::template output<int>> p{flow, {.quiet = true}};
    p.put_all({1, 2, 3, 4});
    p.finish();
    std::vector<typename Flow::template output<int>> all;
    for (auto&& x : p.results()) {
        all.push_back(std::forward<decltype(x)>(x));
    }
    EXPECT_TRUE(p.report().balanced());
    return all;
}

int twice(int x) {
    return 2 * x;
}

int thrice(const int& x) noexcept {
    return 3 * x;
}

TEST(step, takes_functions_by_value_and_by_const_reference) {
    EXPECT_EQ(outputs(paipa::step("f", twice)), (std::vector<int>{2, 4, 6, 8}));
    EXPECT_EQ(outputs(paipa::step("f", thrice)), (std::vector<int>{3, 6, 9, 12}));
    EXPECT_EQ(outputs(paipa::step("f", [](int&& x) { return x; })), (std::vector<int>{1, 2, 3, 4}));
}

TEST(step, skips_at_nullopt_and_skip_entry) {
    EXPECT_EQ(outputs(paipa::step("f",
                                  [](int x) -> std::optional<int> {
                                      if (x == 1) {
                                          return std::nullopt;
                                      }
                                      if (x == 2) {
                                          throw paipa::skip_entry{};
                                      }
                                      return x;
                                  })),
              (std::vector<int>{3, 4}));
}

paipa::generator<int> copies(int x) {
    for (int i = 0; i < x; ++i) {
        co_yield x;
    }
}

TEST(step, makes_many_of_one_with_a_generator) {
    EXPECT_EQ(outputs(paipa::step("f", copies)), (std::vector<int>{1, 2, 2, 3, 3, 3, 4, 4, 4, 4}));
}

TEST(step, gives_each_worker_its_own_copy) {
    int calls = 0;
    auto counting = [n = 0, &calls](int) mutable { calls = ++n; };
    paipa::pipeline p{paipa::step("f", counting), {.quiet = true}};
    paipa::pipeline q{paipa::step("f", counting), {.quiet = true}};
    p.put_all({1, 2});
    q.put_all({1, 2, 3});
    p.finish();
    q.finish();
    p.run();
    EXPECT_EQ(calls, 2);
    q.run();
    EXPECT_EQ(calls, 3);
}

paipa::generator<int> sums(paipa::generator<int> in) {
    int sum = 0;
    for (int x : in) {
        sum += x;
        co_yield sum;
    }
    co_yield -1;
}

TEST(step, iter_step_keeps_state_and_adds_at_the_end) {
    EXPECT_EQ(outputs(paipa::iter_step("sums", sums)), (std::vector<int>{1, 3, 6, 10, -1}));
}

TEST(step, gives_a_stock_step_name_and_options) {
    const auto f = paipa::step("pairs", paipa::chunk(2), {.capacity = 3});
    paipa::pipeline<int> p{f, {.quiet = true}};
    EXPECT_EQ(p.report().steps[0].name, "pairs");
    EXPECT_EQ(p.report().edges[0].capacity, 3);
}

TEST(step, takes_options_by_name_for_move_only_items) {
    const paipa::step_options two{.threads = 2};
    auto f = paipa::step("own", [](std::unique_ptr<int> p) { return *p; }, two);
    paipa::pipeline p{f, {.quiet = true}};
    EXPECT_EQ(p.report().steps[0].threads, 2);
}

}  // namespace
