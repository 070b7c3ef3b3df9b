#include <paipa/combine.hpp>
#include <paipa/generator.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/identity.hpp>
#include <paipa/steps/map.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

// What the range adaptors of the standard library do with the items of a chain.

namespace {

using paipa::combine;
using paipa::generator;

const std::string long_text(40, 'x');
const std::vector<std::string> expected(2, long_text);

generator<std::string> words() {
    co_yield long_text;
    std::string another = long_text;
    co_yield std::move(another);
}

bool wanted(std::string s) {  // NOLINT: by value is what is tested
    const std::string mine = std::move(s);
    return !mine.empty();
}

const auto take = [](std::string s) { return s; };
const auto filter = std::views::filter(wanted);

/// Every source and step that hands out items that may be moved from.
template <class Adaptor>
void expect_untouched_by(Adaptor adaptor) {
    const auto pass = [](generator<std::string> in) -> generator<std::string> {
        for (std::string&& s : in) {
            co_yield std::move(s);
        }
    };
    EXPECT_EQ(items_of(combine(words(), adaptor)), expected);
    EXPECT_EQ(items_of(combine(std::vector(expected), adaptor)), expected);
    EXPECT_EQ(items_of(combine(words(), pass, adaptor, pass)), expected);
    EXPECT_EQ(items_of(combine(expected, paipa::map(take), adaptor)), expected);
    EXPECT_EQ(items_of(combine(expected, paipa::step("s", take), adaptor, paipa::map(take))),
              expected);
    EXPECT_EQ(items_of(combine(words(), paipa::identity(), adaptor, paipa::step("s", take))),
              expected);
    EXPECT_EQ(items_of(combine(words(), paipa::iter_step("i", adaptor))), expected);
    EXPECT_EQ(items_of(combine(words(), std::tuple(adaptor, paipa::identity()))), expected);
    EXPECT_EQ(items_of(combine(combine(words(), pass), adaptor)), expected);
}

TEST(combine_looks, leave_the_item_to_who_comes_behind_a_predicate_that_takes_it_by_value) {
    expect_untouched_by(filter);
    expect_untouched_by(std::views::take_while(wanted));
    expect_untouched_by(
        std::views::drop_while([](std::string s) { return !wanted(std::move(s)); }));
    expect_untouched_by(filter | filter);
    expect_untouched_by(filter | std::views::transform(take));
    expect_untouched_by(std::views::transform(take) | filter);
    expect_untouched_by(filter | std::views::take(2));
}

TEST(combine_looks, let_an_item_go_on_without_a_copy) {
    const auto path = [](auto... steps) {
        std::vector<std::string> texts{long_text};
        const char* const place = texts.front().data();
        const auto out = items_of(combine(std::move(texts), steps...));
        return out.at(0).data() == place;
    };
    const auto looks = std::views::filter([](const std::string& s) { return !s.empty(); });
    EXPECT_TRUE(path(looks));
    EXPECT_TRUE(path(looks, looks, paipa::map(take)));
    EXPECT_TRUE(path(looks | std::views::take(1), paipa::step("s", take)));
    EXPECT_TRUE(path(std::views::transform(take)));
    EXPECT_TRUE(path(looks, std::views::transform([](std::string&& s) { return std::move(s); })));
}

TEST(combine_looks, leave_what_an_adaptor_refers_to_elsewhere) {
    std::vector<std::string> elsewhere{long_text};
    const auto refer = std::views::transform([&](int) -> std::string& { return elsewhere[0]; });
    EXPECT_EQ(items_of(combine(std::views::iota(0, 2), paipa::map([](int x) { return x; }), refer,
                               filter, paipa::map(take))),
              expected);
    EXPECT_EQ(elsewhere.front(), long_text);
}

}  // namespace
