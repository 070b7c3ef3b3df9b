#include <paipa/error.hpp>

#include <gtest/gtest.h>

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

}  // namespace
