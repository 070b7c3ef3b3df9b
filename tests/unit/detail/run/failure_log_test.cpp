#include <paipa/detail/run/failure_log.hpp>
#include <paipa/failure.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <exception>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using paipa::detail::failure_log;

paipa::failure failure_of(int n) {
    paipa::failure f;
    f.error = std::make_exception_ptr(n);
    f.what = std::to_string(n);
    return f;
}

TEST(failure_log, is_empty_at_first) {
    failure_log log;
    EXPECT_EQ(log.count(), 0U);
    EXPECT_FALSE(log.first());
    EXPECT_FALSE(log.first_unseen());
    EXPECT_TRUE(log.kept().empty());
    EXPECT_TRUE(log.dead_letters().empty());
    EXPECT_NO_THROW(log.rethrow_first());
}

TEST(failure_log, tells_which_failure_is_the_first) {
    failure_log log;
    EXPECT_TRUE(log.add(failure_of(1)));
    EXPECT_FALSE(log.add(failure_of(2)));
    ASSERT_TRUE(log.first());
    EXPECT_EQ(log.first()->what, "1");
}

TEST(failure_log, throws_the_first_error_each_time) {
    failure_log log;
    log.add(failure_of(1));
    log.add(failure_of(2));
    for (int i = 0; i < 2; ++i) {
        try {
            log.rethrow_first();
            ADD_FAILURE() << "nothing was thrown";
        } catch (const int n) {
            EXPECT_EQ(n, 1);
        }
    }
}

TEST(failure_log, a_failure_is_unseen_until_it_is_thrown) {
    failure_log log;
    log.add(failure_of(1));
    ASSERT_TRUE(log.first_unseen());
    EXPECT_EQ(log.first_unseen()->what, "1");
    EXPECT_THROW(log.rethrow_first(), int);
    EXPECT_FALSE(log.first_unseen());
    EXPECT_TRUE(log.first());
}

TEST(failure_log, counts_all_and_keeps_the_first_few) {
    failure_log log;
    constexpr int all = 2 * static_cast<int>(failure_log::kept_at_most);
    for (int i = 0; i < all; ++i) {
        log.add(failure_of(i));
    }
    EXPECT_EQ(log.count(), static_cast<std::size_t>(all));
    const std::vector<paipa::failure> kept = log.kept();
    ASSERT_EQ(kept.size(), failure_log::kept_at_most);
    EXPECT_EQ(kept.back().what, std::to_string(failure_log::kept_at_most - 1));
}

TEST(failure_log, keeps_dead_letters_in_their_order) {
    failure_log log;
    for (const char* const step : {"a", "b"}) {
        paipa::dead_letter letter;
        letter.step = step;
        log.add_dead_letter(std::move(letter));
    }
    ASSERT_EQ(log.dead_letters().size(), 2U);
    EXPECT_EQ(log.dead_letters().front().step, "a");
    EXPECT_EQ(log.count(), 0U);
}

TEST(failure_log, one_of_many_threads_has_the_first_failure) {
    failure_log log;
    constexpr std::size_t threads = 4;
    constexpr std::size_t each = 500;
    std::vector<std::size_t> firsts(threads);
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < threads; ++i) {
        all.emplace_back([&, i] {
            for (std::size_t n = 0; n < each; ++n) {
                firsts[i] += log.add(failure_of(static_cast<int>(i))) ? 1U : 0U;
                log.add_dead_letter({});
            }
        });
    }
    for (std::thread& t : all) {
        t.join();
    }
    EXPECT_EQ(firsts[0] + firsts[1] + firsts[2] + firsts[3], 1U);
    EXPECT_EQ(log.count(), threads * each);
    EXPECT_EQ(log.dead_letters().size(), threads * each);
}

}  // namespace
