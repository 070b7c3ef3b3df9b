#include <paipa/paipa.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <latch>
#include <memory>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

// What a process may do beside a run: fork, exit, get signals.

namespace fault {
namespace {

using pipe = paipa::pipeline<int>;

TEST(process, a_forked_childs_destructor_returns_and_the_parent_goes_on) {
    std::latch inside(1);
    std::latch release(1);
    std::atomic<int> seen = 0;
    auto p = std::make_unique<pipe>(paipa::step("x",
                                                [&](int) {
                                                    inside.count_down();
                                                    release.wait();
                                                    ++seen;
                                                }),
                                    paipa::pipeline_options{.quiet = true});
    p->put(1);
    p->start();
    inside.wait();
    const pid_t child = ::fork();
    if (child == 0) {
        p.reset();
        ::_exit(7);
    }
    ASSERT_GT(child, 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
    release.count_down();
    EXPECT_TRUE(p->stop().balanced());
    EXPECT_EQ(seen, 1);
}

/// Leaves a daemon pipeline behind whose step never returns, and exits.
[[noreturn]] void exit_with_a_daemon() {
    static std::latch inside(1);
    static std::latch never(1);
    {
        pipe p{paipa::step("x",
                           [](int) {
                               inside.count_down();
                               never.wait();
                           }),
               {.daemon = true, .quiet = true}};
        p.put(1);
        p.start();
        inside.wait();
    }
    std::exit(3);
}

TEST(process, a_daemon_that_never_returns_does_not_keep_the_process) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(exit_with_a_daemon(), testing::ExitedWithCode(3), "");
}

/// The pipeline lives as long as the process.
[[noreturn]] void exit_with_a_static_pipeline() {
    static pipe p{paipa::step("x", [](int) {}, {.threads = 3}), {.quiet = true}};
    p.put(1);
    p.start();
    std::exit(4);
}

TEST(process, a_static_pipeline_stops_at_exit) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(exit_with_a_static_pipeline(), testing::ExitedWithCode(4), "");
}

TEST(process, workers_and_sources_have_signals_blocked) {
    std::atomic<int> open = 0;
    const auto look = [&open] {
        sigset_t mask;
        pthread_sigmask(SIG_BLOCK, nullptr, &mask);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGALRM, SIGCHLD}) {
            open += sigismember(&mask, signal) == 1 ? 0 : 1;
        }
    };
    pipe p{paipa::step("x", [look](int) { look(); }, {.threads = 2}), {.quiet = true}};
    p.put_iterable([look] {
        look();
        return std::vector<int>{1, 2, 3};
    });
    p.run();
    EXPECT_EQ(open, 0);
    sigset_t mine;
    pthread_sigmask(SIG_BLOCK, nullptr, &mine);
    EXPECT_EQ(sigismember(&mine, SIGTERM), 0);  // the caller's mask is as it was
}

}  // namespace
}  // namespace fault
