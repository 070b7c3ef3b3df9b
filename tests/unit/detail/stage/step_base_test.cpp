#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/options.hpp>

#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <type_traits>

namespace {

using stage_case::a_step;

// Workers keep pointers to their step.
static_assert(!std::is_copy_constructible_v<a_step>);
static_assert(!std::is_move_constructible_v<a_step>);
// Nobody owns a step by this base, whose destructor is not virtual.
static_assert(!std::is_destructible_v<paipa::detail::step_base>);

TEST(step_base, keeps_its_name_and_a_copy_of_its_options) {
    paipa::step_options o{.threads = 3};
    const a_step step("parse", o);
    o.threads = 4;
    EXPECT_EQ(step.name, "parse");
    EXPECT_EQ(step.options.threads, 3U);
}

TEST(step_base, stops_without_the_other_steps) {
    a_step one("one", {});
    a_step other("other", {});
    const std::stop_token token = other.stop.token();
    one.stop.request();
    EXPECT_TRUE(one.stop.token().stop_requested());
    EXPECT_FALSE(token.stop_requested());
}

TEST(step_base, begins_without_a_shared_object) {
    a_step step("a", {});
    const paipa::detail::mutex_lock lock(step.storage_mutex);
    EXPECT_EQ(step.storage_lock, nullptr);
    EXPECT_EQ(step.storage_type, nullptr);
    EXPECT_EQ(step.storage, nullptr);
}

TEST(step_base, destroys_the_shared_object_with_itself) {
    const auto shared = std::make_shared<int>(5);
    {
        a_step step("a", {});
        step.storage = shared;
        EXPECT_EQ(shared.use_count(), 2);
    }
    EXPECT_EQ(shared.use_count(), 1);
}

}  // namespace
