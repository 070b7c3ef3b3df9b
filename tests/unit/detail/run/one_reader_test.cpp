#include <paipa/detail/run/one_reader.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace {

using paipa::detail::one_reader;

bool on_another_thread(const std::function<bool()>& f) {
    bool result = false;
    std::thread([&] { result = f(); }).join();
    return result;
}

class one_reader_test : public testing::Test {
protected:
    one_reader reader{paipa::default_runtime()};
};

TEST_F(one_reader_test, refuses_a_second_range) {
    EXPECT_TRUE(reader.come());
    EXPECT_FALSE(reader.come());
    reader.leave(false);
    EXPECT_TRUE(reader.come());
}

TEST_F(one_reader_test, refuses_a_range_while_results_are_thrown_away) {
    EXPECT_TRUE(reader.begin_discarding());
    EXPECT_FALSE(reader.come());
    EXPECT_FALSE(reader.has_range());
    reader.end_discarding();
    EXPECT_TRUE(reader.come());
    EXPECT_TRUE(reader.has_range());
}

TEST_F(one_reader_test, lets_one_call_at_a_time_throw_results_away) {
    EXPECT_TRUE(reader.begin_discarding());
    EXPECT_FALSE(reader.may_discard());
    EXPECT_FALSE(reader.begin_discarding());
    reader.end_discarding();
    EXPECT_TRUE(reader.begin_discarding());
    reader.end_discarding();
}

TEST_F(one_reader_test, only_the_reading_thread_may_throw_away_what_its_range_could_read) {
    EXPECT_TRUE(reader.come());
    EXPECT_TRUE(reader.may_discard());
    EXPECT_FALSE(on_another_thread([&] { return reader.may_discard(); }));
    EXPECT_FALSE(on_another_thread([&] { return reader.begin_discarding(); }));
    reader.leave(true);
    EXPECT_TRUE(on_another_thread([&] { return reader.may_discard(); }));
}

TEST_F(one_reader_test, the_thread_that_begins_to_read_is_the_reading_one) {
    EXPECT_TRUE(reader.come());
    EXPECT_TRUE(on_another_thread([&] {
        reader.begin();
        return reader.may_discard();
    }));
    EXPECT_FALSE(reader.may_discard());
}

TEST_F(one_reader_test, knows_of_a_range_that_left_results_behind_until_the_next_one_comes) {
    EXPECT_TRUE(reader.come());
    reader.leave(false);
    EXPECT_FALSE(reader.has_lost_its_range());
    EXPECT_TRUE(reader.come());
    reader.leave(true);
    EXPECT_TRUE(reader.has_lost_its_range());
    EXPECT_TRUE(reader.come());
    EXPECT_FALSE(reader.has_lost_its_range());
}

TEST(one_reader, begins_when_the_throwing_away_has_ended) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            one_reader reader(sim);
            bool discards = true;
            ASSERT_TRUE(reader.begin_discarding());
            const auto other = sim.spawn("reader", [&] {
                reader.begin();
                EXPECT_FALSE(discards) << "seed " << seed;
            });
            sim.yield();
            discards = false;
            reader.end_discarding();
            other->join();
        });
    }
}

}  // namespace
