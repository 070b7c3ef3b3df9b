#include <paipa/paipa.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <optional>
#include <pthread.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

// Pipelines that run while a thread or the process ends. Each test has a process of its own; one
// that hangs runs into the test's time limit.

namespace fault {
namespace {

using pipe = paipa::pipeline<int>;

class exit : public testing::Test {
protected:
    exit() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

/// A run with many waits and wake-ups between the caller's thread and the workers.
void run_one() {
    std::atomic<int> sum = 0;
    pipe p{paipa::step("add", [&sum](int i) { sum += i; }, {.threads = 2, .capacity = 1}),
           {.quiet = true}};
    p.start();
    for (int i = 0; i < 20; ++i) {
        p.put(1);
    }
    p.stop();
    if (sum != 20) {
        ::_exit(99);
    }
}

/// Runs a pipeline in its destructor.
struct runs_at_its_end {
    runs_at_its_end() = default;
    runs_at_its_end(const runs_at_its_end&) = delete;
    runs_at_its_end& operator=(const runs_at_its_end&) = delete;

    ~runs_at_its_end() { run_one(); }
};

TEST_F(exit, a_handler_may_run_a_pipeline) {
    const auto body = [] {
        std::atexit(run_one);
        run_one();
        std::exit(5);
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(5), "");
}

TEST_F(exit, a_statics_destructor_may_run_a_pipeline) {
    const auto body = [] {
        static const runs_at_its_end last;
        run_one();
        std::exit(5);
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(5), "");
}

/// Made before the thread first uses the library, so destroyed after what the library keeps.
void run_with_a_thread_local() {
    static thread_local const runs_at_its_end last;
    static_cast<void>(&last);
    run_one();
}

TEST_F(exit, a_thread_locals_destructor_may_run_a_pipeline) {
    const auto body = [] {
        std::thread(run_with_a_thread_local).join();
        run_with_a_thread_local();
        std::exit(5);
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(5), "");
}

/// Two threads at their ends, at the same time: none may get the seat of the other.
TEST_F(exit, the_destructors_of_two_threads_may_run_pipelines) {
    const auto body = [] {
        for (int i = 0; i < 5; ++i) {
            std::thread one(run_with_a_thread_local);
            std::thread other(run_with_a_thread_local);
            one.join();
            other.join();
        }
        std::exit(5);
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(5), "");
}

pthread_key_t key_with_a_run;

/// The last code on a thread that a program can have. It runs in all rounds but the last one, in
/// which a sanitizer has forgotten the thread.
TEST_F(exit, the_destructor_of_a_pthread_key_may_run_a_pipeline) {
    const auto body = [] {
        pthread_key_create(&key_with_a_run, [](void* rounds) {
            run_one();
            int* const left = static_cast<int*>(rounds);
            if (--*left > 0) {
                pthread_setspecific(key_with_a_run, left);
            }
        });
        int rounds = 3;
        std::thread([&rounds] {
            run_one();
            pthread_setspecific(key_with_a_run, &rounds);
        }).join();
        std::exit(rounds);
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(0), "");
}

/// Lives until the process ends, whatever thread ends it.
std::unique_ptr<pipe>& the_pipeline() {
    static std::unique_ptr<pipe> p;
    return p;
}

TEST_F(exit, a_step_may_exit_while_its_pipeline_is_static) {
    const auto body = [] {
        the_pipeline() = std::make_unique<pipe>(paipa::step("leave", [](int) { std::exit(6); }),
                                                paipa::pipeline_options{.quiet = true});
        the_pipeline()->put(1);
        the_pipeline()->finish();
        the_pipeline()->run();
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(6), "");
}

TEST_F(exit, a_fail_callback_may_exit_while_its_pipeline_is_static) {
    const auto body = [] {
        the_pipeline() = std::make_unique<pipe>(
            paipa::step("fail", [](int) { throw std::runtime_error("x"); }),
            paipa::pipeline_options{.quiet = true,
                                    .fail_callback = [](const paipa::failure&) { std::exit(6); }});
        the_pipeline()->put(1);
        the_pipeline()->finish();
        the_pipeline()->run();
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(6), "");
}

TEST_F(exit, a_source_may_exit_while_its_pipeline_is_static) {
    const auto body = [] {
        the_pipeline() = std::make_unique<pipe>(paipa::step("x", [](int) {}),
                                                paipa::pipeline_options{.quiet = true});
        the_pipeline()->put_iterable([]() -> paipa::generator<int> {
            co_yield 1;
            std::exit(6);
        });
        the_pipeline()->run();
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(6), "");
}

/// The thread that reads may throw away what it has not read, also at its very end.
TEST_F(exit, a_reader_of_results_may_exit_while_its_pipeline_is_static) {
    const auto body = [] {
        static paipa::pipeline<int, int> p{
            paipa::step("x", [](int i) { return i; }, {.capacity = 1}), {.quiet = true}};
        std::thread([] {
            for (int i = 0; i < 100; ++i) {
                p.put(i);
            }
            p.finish();
            for (const int i : p.results()) {
                std::exit(6 + i);
            }
        }).join();
    };
    EXPECT_EXIT(body(), testing::ExitedWithCode(6), "");
}

}  // namespace
}  // namespace fault
