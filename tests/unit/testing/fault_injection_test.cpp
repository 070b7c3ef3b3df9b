#include <paipa/pipeline.hpp>
#include <paipa/testing/fault_injection.hpp>

#include <gtest/gtest.h>

#include <system_error>

namespace {

TEST(fault_injection, a_fuse_blows_once) {
    paipa::testing::fault_at third(3);
    third.pass();
    third.pass();
    EXPECT_FALSE(third.is_blown());
    EXPECT_THROW(third.pass(), paipa::testing::injected_fault);
    EXPECT_TRUE(third.is_blown());
    EXPECT_NO_THROW(third.pass());
    paipa::testing::fault_at never(0);
    EXPECT_NO_THROW(never.pass());
    EXPECT_FALSE(never.is_blown());
}

TEST(fault_injection, a_refused_thread_fails_the_start) {
    for (std::size_t nth = 1; nth <= 4; ++nth) {
        paipa::testing::thread_refusal refusing(nth);
        paipa::pipeline p{paipa::step("a", [](int x) { return x; }, {.threads = 2}) |
                              paipa::step("b", [](int) {}, {.threads = 1}),
                          {.quiet = true, .runtime = &refusing}};
        p.put_iterable([] { return std::vector<int>{1, 2, 3}; });
        EXPECT_THROW(p.run(), std::system_error);
        EXPECT_TRUE(p.report().balanced()) << p.report();
    }
}

}  // namespace
