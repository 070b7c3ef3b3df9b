#include <paipa/error.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <type_traits>

namespace {

TEST(error, is_the_root_of_all_but_skip_entry) {
    EXPECT_THROW(throw paipa::config_error("x"), paipa::error);
    EXPECT_THROW(throw paipa::state_error("x"), paipa::error);
    EXPECT_THROW(throw paipa::closed_error("x"), paipa::error);
    static_assert(std::is_base_of_v<std::runtime_error, paipa::error>);
    static_assert(!std::is_base_of_v<std::exception, paipa::skip_entry>);
}

TEST(error, of_a_time_out_is_one_of_the_library) {
    static_assert(std::is_base_of_v<paipa::error, paipa::timeout_error>);
}

TEST(error, that_a_step_throws_to_tell_what_to_do_is_found_by_its_text) {
    EXPECT_STREQ(paipa::give_up("no").what(), "no");
    EXPECT_EQ(paipa::give_up("no").cause, nullptr);
    const paipa::retry_after later{std::chrono::seconds{5}, "503"};
    EXPECT_STREQ(later.what(), "503");
    EXPECT_EQ(later.delay, std::chrono::seconds{5});
    try {
        throw std::logic_error("x");
    } catch (const std::logic_error&) {
        EXPECT_NE(paipa::give_up("no").cause, nullptr);
    }
}

}  // namespace
