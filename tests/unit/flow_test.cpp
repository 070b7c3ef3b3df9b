#include <paipa/detail/flow/definitions.hpp>
#include <paipa/error.hpp>
#include <paipa/flow.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/flat_map.hpp>
#include <paipa/steps/identity.hpp>
#include <paipa/steps/map.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

struct called_as_lvalue {
    int operator()(int x) & { return x; }
};

std::string text(int x) {
    return std::to_string(x);
}

// Only `step` and its like make a flow of a step.
using one_function = paipa::detail::function_def<int (*)(int)>;
static_assert(!std::is_constructible_v<paipa::flow<one_function>, one_function>);

TEST(flow, knows_its_types) {
    const auto f = paipa::step("text", text) | paipa::chunk(2);
    using type = std::remove_const_t<decltype(f)>;
    static_assert(std::is_same_v<type::input, int>);
    static_assert(std::is_same_v<type::output<int>, std::vector<std::string>>);
    paipa::pipeline p{f, {.quiet = true}};
    static_assert(std::is_same_v<decltype(p), paipa::pipeline<int, std::vector<std::string>>>);
}

struct text_box {
    [[nodiscard]] std::size_t size() const { return text.size(); }

    std::string take() { return std::move(text); }

    std::string text;
};

template <class Flow>
using input_of = typename std::remove_cvref_t<Flow>::input;

TEST(flow, knows_its_input_from_whatever_its_first_step_calls) {
    const auto letters = [](const std::string& s) { return std::vector(s.begin(), s.end()); };
    static_assert(std::is_same_v<input_of<decltype(paipa::flat_map(letters))>, std::string>);
    static_assert(std::is_same_v<input_of<decltype(paipa::step("f", paipa::flat_map(letters)))>,
                                 std::string>);
    static_assert(std::is_same_v<input_of<decltype(paipa::map(&text_box::size))>, text_box>);
    static_assert(std::is_same_v<input_of<decltype(paipa::step("t", &text_box::take))>, text_box>);
    static_assert(std::is_same_v<input_of<decltype(paipa::flat_map(&text_box::take))>, text_box>);
    const auto by_lvalue = paipa::map(called_as_lvalue{});
    static_assert(std::is_same_v<input_of<decltype(by_lvalue)>, int>);

    paipa::pipeline of_letters{paipa::flat_map(letters), {.quiet = true}};
    of_letters.put("abc");
    of_letters.finish();
    std::string got;
    for (const char c : of_letters.results()) {
        got += c;
    }
    EXPECT_EQ(got, "abc");
    paipa::pipeline of_sizes{paipa::step("size", &text_box::size), {.quiet = true}};
    of_sizes.put(text_box{"four"});
    of_sizes.finish();
    for (const std::size_t size : of_sizes.results()) {
        EXPECT_EQ(size, 4U);
    }
    paipa::pipeline of_texts{paipa::step("take", &text_box::take), {.quiet = true}};
    of_texts.put(text_box{"text"});
    of_texts.finish();
    for (const std::string& s : of_texts.results()) {
        EXPECT_EQ(s, "text");
    }
}

TEST(flow, takes_items_that_convert_without_narrowing) {
    const auto f = paipa::step("a", [](int x) { return x; }) |
                   paipa::step("wider", [](long x) { return x; }) |
                   paipa::step("integer", [](float x) { return x; }) |
                   paipa::step("precise", [](double x) { return x < 3 ? "small" : "large"; }) |
                   paipa::step("text", [](std::string s) { return s; });
    paipa::pipeline p{f, {.quiet = true}};
    p.put(2);
    p.finish();
    for (const std::string& s : p.results()) {
        EXPECT_EQ(s, "small");
    }
}

TEST(flow, takes_the_input_type_from_the_pipeline_where_the_first_step_takes_anything) {
    const auto f = paipa::identity() | paipa::step("generic", [](auto x) { return x + x; });
    paipa::pipeline<int, int> numbers{f, {.quiet = true}};
    paipa::pipeline<std::string, std::string> texts{f, {.quiet = true}};
    numbers.put(2);
    numbers.finish();
    for (int x : numbers.results()) {
        EXPECT_EQ(x, 4);
    }
    texts.put("a");
    texts.finish();
    for (const std::string& x : texts.results()) {
        EXPECT_EQ(x, "aa");
    }
}

TEST(flow, is_a_value_that_runs_more_than_once) {
    const auto f = paipa::step("text", text);
    for (int i = 0; i < 2; ++i) {
        paipa::pipeline<int> p{f, {.quiet = true}};
        p.put(i);
        p.finish();
        p.run();
        EXPECT_EQ(p.count(), 1);
    }
}

template <class F>
std::string refusal(F f) {
    try {
        f();
    } catch (const paipa::config_error& e) {
        return e.what();
    }
    return "accepted";
}

TEST(flow, refuses_the_same_explicit_name_twice) {
    EXPECT_EQ(refusal([] {
                  const auto same = [](int x) { return x; };
                  (void)(paipa::step("a", same) | paipa::step("b", same) | paipa::step("a", same));
              }),
              "paipa::flow: step names: expected each name once, got 'a' twice");
}

TEST(flow, numbers_steps_without_a_name) {
    paipa::pipeline<int> p{paipa::identity() | paipa::identity() | paipa::step("x", text),
                           {.quiet = true}};
    const auto r = p.report();
    ASSERT_EQ(r.steps.size(), 3);
    EXPECT_EQ(r.steps[0].name, "identity");
    EXPECT_EQ(r.steps[1].name, "identity#2");
}

TEST(flow, refuses_to_run_when_empty) {
    EXPECT_EQ(refusal([] { paipa::pipeline<int> p{paipa::flow<>{}}; }),
              "paipa::pipeline 'pipeline': flow: expected at least one step, got an empty flow");
}

}  // namespace
