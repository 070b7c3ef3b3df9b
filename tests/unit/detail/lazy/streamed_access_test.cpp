#include <paipa/consume.hpp>
#include <paipa/detail/lazy/streamed_access.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/stream.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace {

using paipa::detail::streamed_access;

template <class Range>
concept has_run = requires(const Range& r) { streamed_access::run_of(r); };
static_assert(!has_run<std::vector<int>>);

TEST(streamed_access, gives_the_run_of_a_stream_which_outlives_the_stream) {
    auto items = paipa::stream(std::vector{1, 2, 3}, paipa::step("a", [](int x) { return x; }));
    static_assert(has_run<decltype(items)>);
    paipa::consume(items);
    const std::shared_ptr<paipa::detail::run_core> run = streamed_access::run_of(items);
    {
        const auto gone = std::move(items);
    }
    EXPECT_EQ(run->count(), 3);
    EXPECT_EQ(run->state(), paipa::run_state::finished);
}

TEST(streamed_access, gives_each_stream_its_own_run) {
    const auto f = paipa::step("a", [](int x) { return x; });
    const auto one = paipa::stream(std::vector{1}, f);
    const auto other = paipa::stream(std::vector{1}, f);
    EXPECT_EQ(streamed_access::run_of(one), streamed_access::run_of(one));
    EXPECT_NE(streamed_access::run_of(one), streamed_access::run_of(other));
}

}  // namespace
