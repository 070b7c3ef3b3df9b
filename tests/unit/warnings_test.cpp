// The headers in a program that has globals with common names, and many warnings as errors: that
// this compiles is the test.

// NOLINTBEGIN: that is what is tested
[[maybe_unused]] static int a, all, at, b, base, c, cell, count, d, def, e, edge, f, first, flow,
    from, g, h, head, i, in, item, items, j, k, l, last, left, letter, m, n, name, names, next, o,
    options, out, p, place, q, queue, r, range, report, result, run, s, self, size, slot, source,
    stage, step, steps, t, text, threads, to, type, u, v, value, view, w, when, where, worker, x, y,
    z;
// NOLINTEND

#include <paipa/paipa.hpp>
#include <paipa/testing/collector.hpp>
#include <paipa/testing/fault_injection.hpp>
#include <paipa/testing/simulation.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace {

struct class_step final : paipa::abstract_step<const int&, int> {
    int process(const int& number) override { return number; }
};

paipa::generator<int> pass(paipa::generator<int> numbers) {
    for (const int number : numbers) {
        co_yield number;
    }
}

int same(int number) {
    return number;
}

auto every_step() {
    return paipa::step("function", same, {.threads = 2}) |
           paipa::step<class_step>("class", {.retry = {.attempts = 2}}) |
           paipa::map([](int number) { return std::optional(std::to_string(number)); }) |
           paipa::filter([](const std::string& word) { return !word.empty(); }) | paipa::chunk(2) |
           paipa::flatten() |
           paipa::flat_map([](std::string word) { return std::vector{std::move(word)}; }) |
           paipa::timed_chunk({}) | paipa::flatten() | paipa::identity() |
           paipa::iter_step("range", [](auto words) { return words; });
}

TEST(warnings, come_from_no_conversion_that_a_step_asks_for) {
    const auto flow = paipa::step("long", [](int number) { return long{number}; }) |
                      paipa::step("float", [](float number) { return number; }) |
                      paipa::flat_map([](double number) { return std::vector{number}; });
    EXPECT_EQ(paipa::consume(paipa::combine(std::vector{1, 2}, flow)), 2U);
}

TEST(warnings, come_from_no_header) {
    paipa::pipeline one{every_step(), {.quiet = true}};
    one.put(1);
    one.put_all({2, 3});
    one.put_iterable(std::vector{4});
    one.finish();
    EXPECT_EQ(paipa::consume(one.results()), 4U);
    const auto input = std::make_shared<paipa::queue<int>>(3);
    input->push(1);
    paipa::pipeline other{every_step(), input, {.quiet = true}};
    other.run_while([] {});
    const auto fused = paipa::fuse(paipa::step("one", same), paipa::step("two", same));
    EXPECT_EQ(paipa::consume(paipa::combine(std::views::iota(0, 3), pass, paipa::threaded(fused),
                                            every_step(), std::views::take(2))),
              2U);
    EXPECT_EQ(paipa::consume(paipa::stream(std::views::iota(0, 3), fused)), 3U);
}

}  // namespace
