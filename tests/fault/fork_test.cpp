#include <paipa/paipa.hpp>

#include <gtest/gtest.h>

#include <any>
#include <chrono>
#include <functional>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

// A forked child has a copy of a run, and none of its threads: no call there may wait for them. A
// child that waits runs into the test's time limit.

namespace fault {
namespace {

using pipe = paipa::pipeline<int, int>;

constexpr int as_expected = 7;

/// The exit code of a child; -1: it did not end by itself.
int end_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// How a forked child ends that runs this.
int in_a_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        int code = 1;
        try {
            code = body();
        } catch (...) {
            code = 2;
        }
        ::_exit(code);
    }
    return end_of(child);
}

auto timed_chain() {
    return paipa::combine(std::vector{1, 2}, paipa::step("a", [](int x) { return x; },
                                                         {.item_timeout = std::chrono::hours{1}}));
}

/// A run with its one worker inside of an item, and a full intake. The test is over when the item
/// is.
class fork : public testing::Test {
protected:
    fork() {
        p->put(1);
        p->start();
        inside.wait();
        while (p->try_put(2)) {
        }
    }

    ~fork() override {
        release.count_down();
        p->cancel();
    }

    /// Calls in a child, and returns whether it is refused at once, and by which words.
    int refused(const std::string& who, const std::function<void(pipe&)>& call) {
        return in_a_child([&] {
            try {
                call(*p);
            } catch (const paipa::state_error& e) {
                return std::string(e.what()).find(
                           ": " + who +
                           ": expected the process that started the run, got a forked copy of it, "
                           "which has none of the run's threads; fork before the start") ==
                               std::string::npos
                           ? 3
                           : as_expected;
            }
            return 4;
        });
    }

    std::latch inside{1};
    std::latch release{1};
    std::unique_ptr<pipe> p = std::make_unique<pipe>(paipa::step("x",
                                                                 [this](int i) {
                                                                     if (i == 1) {
                                                                         inside.count_down();
                                                                         release.wait();
                                                                     }
                                                                     return i;
                                                                 },
                                                                 {.capacity = 1}),
                                                     paipa::pipeline_options{.quiet = true});
};

TEST_F(fork, stop_is_refused_in_a_child) {
    EXPECT_EQ(refused("stop", [](pipe& q) { q.stop(); }), as_expected);
}

TEST_F(fork, drain_is_refused_in_a_child) {
    EXPECT_EQ(refused("drain", [](pipe& q) { q.drain(); }), as_expected);
}

TEST_F(fork, put_is_refused_in_a_child) {
    EXPECT_EQ(refused("put", [](pipe& q) { q.put(3); }), as_expected);
    EXPECT_EQ(refused("try_put", [](pipe& q) { static_cast<void>(q.try_put(3)); }), as_expected);
    EXPECT_EQ(
        refused("put_for", [](pipe& q) { static_cast<void>(q.put_for(3, std::chrono::hours{1})); }),
        as_expected);
    EXPECT_EQ(refused("put_iterable", [](pipe& q) { q.put_iterable(std::vector{3}); }),
              as_expected);
    EXPECT_EQ(refused("put_meta", [](pipe& q) { q.put_meta(3); }), as_expected);
}

TEST_F(fork, results_are_refused_in_a_child) {
    EXPECT_EQ(refused("results",
                      [](pipe& q) {
                          for (const int i : q.results()) {
                              ::_exit(i);
                          }
                      }),
              as_expected);
}

TEST_F(fork, a_reader_is_refused_in_a_child) {
    auto results = p->results();
    EXPECT_EQ(
        refused("results", [&](pipe&) { static_cast<void>(results.begin() == results.end()); }),
        as_expected);
}

TEST_F(fork, questions_are_answered_in_a_child) {
    EXPECT_EQ(in_a_child([this] {
                  p->cancel();
                  p->finish();
                  return p->report().steps.size() == 1 && !p->explain().empty() ? as_expected : 3;
              }),
              as_expected);
}

TEST_F(fork, the_destructor_returns_in_a_child) {
    EXPECT_EQ(in_a_child([this] {
                  p.reset();
                  return as_expected;
              }),
              as_expected);
}

/// The body goes on in both processes; in the child it throws.
TEST(forks, the_exception_of_a_body_that_forked_leaves_a_child_at_once) {
    std::latch release(1);
    pipe p{paipa::step("x",
                       [&](int i) {
                           release.wait();
                           return i;
                       }),
           {.quiet = true}};
    p.put(1);
    pid_t child = -1;
    try {
        p.run_while([&] {
            child = ::fork();
            if (child == 0) {
                throw std::runtime_error("the child's own");
            }
            EXPECT_EQ(end_of(child), as_expected);
            release.count_down();
        });
    } catch (const std::runtime_error& e) {
        ::_exit(std::string(e.what()) == "the child's own" ? as_expected : 3);
    }
}

TEST(forks, a_pipeline_that_has_not_started_may_run_in_a_child) {
    pipe p{paipa::step("x", [](int i) { return i; }), {.quiet = true}};
    p.put(1);
    p.finish();
    EXPECT_EQ(in_a_child([&] { return p.run().delivered == 1 ? as_expected : 3; }), as_expected);
    EXPECT_EQ(p.run().delivered, 1);
}

TEST(forks, a_run_that_has_ended_may_be_asked_in_a_child) {
    pipe p{paipa::step("x", [](int i) { return i; }), {.quiet = true}};
    p.put(1);
    p.finish();
    p.run();
    EXPECT_EQ(in_a_child([&] { return p.stop().delivered == 1 ? as_expected : 3; }), as_expected);
}

TEST(a_forked_chain, with_a_time_out_ends_without_the_thread_of_its_timer) {
    auto chain =
        std::make_unique<decltype(timed_chain())>(timed_chain());  // the child destroys a copy
    auto at = chain->begin();
    EXPECT_EQ(*at, 1);
    EXPECT_EQ(in_a_child([&] {
                  chain.reset();
                  return as_expected;
              }),
              as_expected);
}

}  // namespace
}  // namespace fault
