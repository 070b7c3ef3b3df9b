#include <paipa/detail/edge/doors.hpp>
#include <paipa/detail/edge/gate.hpp>
#include <paipa/detail/edge/valve.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <limits>

namespace {

using namespace std::chrono_literals;
using paipa::time_point;
using paipa::detail::doors;

/// Answers what it is told to, and counts what it is told.
class told_valve final : public paipa::detail::valve {
public:
    answer ask(time_point /*now*/) noexcept override { return next; }

    void let_out(std::size_t items) noexcept override { out += items; }

    answer next{};
    std::size_t out = 0;
};

TEST(doors, let_everything_pass_where_there_are_none) {
    doors d;
    EXPECT_EQ(d.in(), nullptr);
    EXPECT_FALSE(d.has_valve());
    EXPECT_EQ(d.may_go(1000), 1000U);
    EXPECT_EQ(d.ask_again(), paipa::never);
    d.let_out(1000);
    EXPECT_EQ(d.may_go(1000), 1000U);
}

TEST(doors, let_so_much_out_as_the_valve_has_answered) {
    const time_point later{1s};
    told_valve v;
    doors d;
    d.set(nullptr, &v);
    EXPECT_TRUE(d.has_valve());
    v.next = {.items = 3, .ask_again = later};
    d.ask_valve({});
    EXPECT_EQ(d.may_go(2), 2U);
    EXPECT_EQ(d.may_go(5), 3U);
    EXPECT_EQ(d.ask_again(), paipa::never) << "it is open";
    d.let_out(2);
    EXPECT_EQ(d.may_go(5), 1U);
    d.let_out(1);
    EXPECT_EQ(d.may_go(5), 0U);
    EXPECT_EQ(d.ask_again(), later);
    EXPECT_EQ(v.out, 3U);
}

TEST(doors, open_for_what_a_cancelled_edge_still_gives) {
    told_valve v;
    doors d;
    d.set(nullptr, &v);
    d.ask_valve({});
    EXPECT_EQ(d.may_go(1), 0U);
    d.open_valve();
    EXPECT_EQ(d.may_go(7), 7U);
    EXPECT_EQ(d.ask_again(), paipa::never);
    d.let_out(7);
    EXPECT_EQ(v.out, 0U);
}

}  // namespace
