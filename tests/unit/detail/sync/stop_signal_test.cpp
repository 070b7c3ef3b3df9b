#include <paipa/detail/sync/stop_signal.hpp>

#include <gtest/gtest.h>

#include <stop_token>

namespace {

using paipa::detail::stop_signal;

TEST(stop_signal, reaches_all_tokens) {
    stop_signal signal;
    const std::stop_token users = signal.hand_out();
    const std::stop_token ours = signal.token();
    EXPECT_FALSE(users.stop_requested());
    EXPECT_FALSE(ours.stop_requested());
    signal.request();
    EXPECT_TRUE(users.stop_requested());
    EXPECT_TRUE(ours.stop_requested());
    EXPECT_TRUE(signal.hand_out().stop_requested());
}

TEST(stop_signal, runs_no_user_code_where_users_have_no_token) {
    stop_signal signal;
    const std::stop_token ours = signal.token();
    EXPECT_FALSE(signal.may_run_user_code());
    signal.request();
    EXPECT_FALSE(signal.may_run_user_code());
}

TEST(stop_signal, may_run_user_code_once) {
    stop_signal signal;
    const std::stop_token users = signal.hand_out();
    EXPECT_TRUE(signal.may_run_user_code());
    signal.request();
    EXPECT_FALSE(signal.may_run_user_code());
}

}  // namespace
