#include <paipa/detail/item/type_info.hpp>
#include <paipa/detail/lazy/chunk_cursor.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/debug_probe.hpp>
#include <paipa/detail/lazy/debug_session.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/reporter.hpp>

#include "../../observe/debugger_case.hpp"
#include "../run_case.hpp"
#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::detail::chunk_cursor;
using paipa::detail::cursor_of;
using paipa::detail::cursor_view;
using paipa::detail::debug_settings;
using paipa::detail::type_info_of;
using paipa::detail::weighers;

template <class T>
std::any weigher(std::size_t entries) {
    return std::function<std::size_t(const T&)>([entries](const T&) { return entries; });
}

TEST(weighers, find_the_weigher_of_a_type) {
    weighers all;
    EXPECT_EQ(all.find(*type_info_of<int>()), nullptr);
    all.set(*type_info_of<int>(), weigher<int>(1));
    all.set(*type_info_of<int>(), weigher<int>(2));
    EXPECT_EQ(all.find(*type_info_of<long>()), nullptr);
    const std::any* const found = all.find(*type_info_of<int>());
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(std::any_cast<const std::function<std::size_t(const int&)>&>(*found)(0), 2U);
}

TEST(weighers, leave_copies_as_they_are) {
    weighers all;
    all.set(*type_info_of<int>(), weigher<int>(1));
    const weighers copy = all;
    all.set(*type_info_of<long>(), weigher<long>(1));
    EXPECT_EQ(copy.find(*type_info_of<long>()), nullptr);
    EXPECT_NE(copy.find(*type_info_of<int>()), nullptr);
}

class debug_probe : public testing::Test {
protected:
    using figures = std::vector<std::pair<std::string, std::uint64_t>>;

    [[nodiscard]] paipa::detail::debug_probe probe() const {
        return paipa::detail::debug_probe(
            std::make_shared<const debug_settings>(
                paipa::debugger_options{.every = std::chrono::hours{1}, .reporters = {reports}}),
            weights);
    }

    /// The names and counts in one report.
    [[nodiscard]] figures shown(std::size_t report) const {
        figures all;
        for (const paipa::step_record& row : reports->shown.at(report)) {
            all.emplace_back(row.name, row.count);
        }
        return all;
    }

    weighers weights;
    std::shared_ptr<keeping> reports = std::make_shared<keeping>();
};

template <class View>
auto all_of(View view) {
    return pulled(cursor_of(std::move(view)));
}

TEST_F(debug_probe, counts_what_passes_and_shows_it_when_the_last_step_ends) {
    auto watch = probe();
    auto source = watch(std::views::iota(0, 4), "source");
    auto chunks = watch(cursor_view(chunk_cursor(cursor_of(std::move(source)), 3)), "chunks");
    EXPECT_EQ(all_of(std::move(chunks)), (std::vector<std::vector<int>>{{0, 1, 2}, {3}}));
    ASSERT_EQ(reports->shown.size(), 1U);
    EXPECT_EQ(shown(0), (figures{{"source", 4}, {"chunks", 4}}));
}

TEST_F(debug_probe, counts_a_list_by_its_length_and_a_text_as_one) {
    auto watch = probe();
    const std::vector<std::list<int>> lists{{1, 2}, {}, {3}};
    EXPECT_EQ(all_of(watch(std::views::all(lists), "lists")), lists);
    EXPECT_EQ(shown(0), (figures{{"lists", 3}}));
    auto other = probe();
    const std::vector<std::string> texts{"ab", "c"};
    EXPECT_EQ(all_of(other(std::views::all(texts), "texts")), texts);
    EXPECT_EQ(shown(1), (figures{{"texts", 2}}));
}

TEST_F(debug_probe, counts_as_the_weigher_of_the_type_says) {
    weights.set(*type_info_of<int>(), weigher<int>(10));
    auto watch = probe();
    EXPECT_EQ(all_of(watch(std::views::iota(0, 3), "a")), (std::vector{0, 1, 2}));
    EXPECT_EQ(shown(0), (figures{{"a", 30}}));
}

TEST_F(debug_probe, leaves_a_weigher_out_that_has_thrown) {
    const run_case::log_kept log;
    int asked = 0;
    weights.set(*type_info_of<int>(),
                std::any(std::function<std::size_t(const int&)>([&asked](const int& n) {
                    ++asked;
                    return n == 1 ? throw std::runtime_error("no scales") : std::size_t{10};
                })));
    auto watch = probe();
    EXPECT_EQ(all_of(watch(std::views::iota(0, 4), "a")), (std::vector{0, 1, 2, 3}));
    EXPECT_EQ(shown(0), (figures{{"a", 13}}));
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(log.lines.size(), 1U);
}

TEST_F(debug_probe, shows_the_figures_of_a_walk_that_was_left_early) {
    {
        auto watch = probe();
        auto view = watch(std::views::iota(0), "a");
        auto i = view.begin();
        EXPECT_EQ(*i, 0);
        ++i;
        EXPECT_EQ(*i, 1);
        EXPECT_TRUE(reports->shown.empty());
    }
    ASSERT_EQ(reports->shown.size(), 1U);
    EXPECT_EQ(shown(0), (figures{{"a", 2}}));
}

TEST_F(debug_probe, lets_an_exception_of_a_step_out) {
    int pulls = 0;
    auto watch = probe();
    auto cursor = cursor_of(watch(cursor_view(counted_cursor(3, &pulls, 2)), "a"));
    ASSERT_TRUE(cursor.next());
    EXPECT_THROW(cursor.next(), std::runtime_error);
    EXPECT_EQ(pulled(std::move(cursor)), std::vector{3});
    EXPECT_EQ(shown(0), (figures{{"a", 2}}));
}

TEST_F(debug_probe, has_figures_of_its_own_for_each_part_of_a_chain) {
    {
        auto watch = probe();
        auto front = watch(std::views::iota(0, 2), "front");
        watch.begin_next();
        auto behind = watch(std::views::iota(0, 3), "behind");
        EXPECT_EQ(all_of(std::move(front)).size(), 2U);
        EXPECT_EQ(shown(0), (figures{{"front", 2}}));
        EXPECT_EQ(all_of(std::move(behind)).size(), 3U);
        EXPECT_EQ(shown(1), (figures{{"behind", 3}}));
    }
    EXPECT_EQ(reports->shown.size(), 2U);  // all had been shown
}

TEST_F(debug_probe, counts_for_a_copy_from_zero) {
    auto watch = probe();
    auto first = watch(std::views::iota(0, 2), "first");
    auto copy = watch;
    EXPECT_EQ(all_of(copy(std::views::iota(0, 3), "second")).size(), 3U);
    EXPECT_EQ(shown(0), (figures{{"second", 3}}));
    EXPECT_EQ(all_of(std::move(first)).size(), 2U);
    EXPECT_EQ(shown(1), (figures{{"first", 2}}));
}

}  // namespace
