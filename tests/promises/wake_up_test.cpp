#include "on_threads.hpp"
#include "support.hpp"

#include <atomic>
#include <cstddef>

namespace {

using namespace promises;

/// Counts wake-ups.
class counting_runtime final : public on_threads {
public:
    void park(paipa::time_point until) override {
        ++asleep;
        on_threads::park(until);
        --asleep;
    }

    void unpark(paipa::seat& where) noexcept override {
        ++wake_ups;
        on_threads::unpark(where);
    }

    std::atomic<std::size_t> asleep = 0;
    std::atomic<std::size_t> wake_ups = 0;
};

class wake_ups : public testing::TestWithParam<std::size_t> {};

TEST_P(wake_ups, are_three_for_a_lone_item_through_three_idle_steps) {
    constexpr std::size_t items = 100;
    const std::size_t threads = GetParam();
    counting_runtime rt;
    const auto pass = [](int x) { return x; };
    paipa::pipeline p{paipa::step("a", pass, {.threads = threads}) |
                          paipa::step("b", pass, {.threads = threads}) |
                          paipa::step("c", [](int) {}, {.threads = threads}),
                      {.quiet = true, .runtime = &rt}};
    p.start();
    const auto all_sleep = [&] { return rt.asleep == 3 * threads; };
    ASSERT_TRUE(eventually(all_sleep));
    const std::size_t before = rt.wake_ups;
    for (std::size_t i = 0; i < items; ++i) {
        p.put(1);
        ASSERT_TRUE(eventually([&] { return p.count() == i + 1 && all_sleep(); }));
    }
    EXPECT_LE(rt.wake_ups - before, 3 * items);
    EXPECT_GE(rt.wake_ups - before, items);
    expect_closed(p.stop());
}

INSTANTIATE_TEST_SUITE_P(threads_a_step, wake_ups, testing::Values(1, 2, 4, 8));

}  // namespace
