#include "support.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

// What is said about a failure, and to whom.

namespace {

using namespace promises;

TEST(failure, surfaces_in_the_log_when_the_pipeline_is_destroyed) {
    bag<std::string> lines;
    paipa::set_log_hook(
        [&](paipa::log_level, std::string_view line) { lines.add(std::string(line)); });
    int callbacks = 0;
    {
        paipa::pipeline p{paipa::step("a", [](int) { throw std::runtime_error("unseen"); }),
                          {.name = "left",
                           .quiet = true,
                           .fail_callback = [&](const paipa::failure&) { ++callbacks; }}};
        p.start();
        p.put(1);
    }
    paipa::set_log_hook({});
    EXPECT_EQ(callbacks, 1);
    EXPECT_EQ(lines.items(), std::vector<std::string>{
                                 "paipa::pipeline 'left': failed in step 'a' (process, worker "
                                 "0, attempt 1): unseen"});
}

TEST(failure, refuses_a_put_with_its_reason) {
    paipa::pipeline p{paipa::step("a", [](int) { throw std::runtime_error("bad"); }),
                      {.name = "f", .quiet = true}};
    p.put(1);
    p.finish();
    EXPECT_THROW(p.run(), std::runtime_error);
    const std::string reason =
        "no more items are taken: the run failed: step 'a' (process, worker 0, attempt 1): bad";
    int item = 5;
    EXPECT_EQ(refusal<paipa::closed_error>([&] { p.put(1); }),
              "paipa::pipeline 'f': put: " + reason);
    EXPECT_EQ(refusal<paipa::closed_error>([&] { (void)p.try_put(std::move(item)); }),
              "paipa::pipeline 'f': try_put: " + reason);
    EXPECT_EQ(refusal<paipa::closed_error>([&] { (void)p.put_for(1, 1h); }),
              "paipa::pipeline 'f': put_for: " + reason);
    EXPECT_EQ(refusal<paipa::closed_error>([&] { p.put_iterable(numbers(0, 1)); }),
              "paipa::pipeline 'f': put_iterable: " + reason);
    EXPECT_EQ(refusal<paipa::closed_error>([&] { p.put_meta(1); }),
              "paipa::pipeline 'f': put_meta: " + reason);
    expect_closed(p.report());
}

TEST(failure, in_the_callback_is_logged_and_the_first_one_stays) {
    bag<std::string> lines;
    paipa::set_log_hook(
        [&](paipa::log_level, std::string_view line) { lines.add(std::string(line)); });
    paipa::pipeline p{paipa::step("a", [](int) { throw 1; }),
                      {.quiet = true, .fail_callback = [](const paipa::failure&) { throw 2; }}};
    p.put(1);
    p.finish();
    try {
        p.run();
        ADD_FAILURE() << "nothing was thrown";
    } catch (int thrown) {
        EXPECT_EQ(thrown, 1);
    }
    paipa::set_log_hook({});
    EXPECT_EQ(lines.items(),
              std::vector<std::string>{"paipa::pipeline 'pipeline': fail_callback threw: int 2"});
    expect_closed(p.report());
}

TEST(failure, beyond_the_first_few_is_only_counted) {
    std::atomic<int> inside = 0;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) {
                                      ++inside;
                                      eventually([&] { return inside >= 20; });
                                      throw x;
                                  },
                                  {.threads = 20}),
                      {.quiet = true}};
    p.put_all(numbers(0, 20));
    p.finish();
    EXPECT_THROW(p.run(), int);
    const auto r = p.report();
    expect_closed(r);
    EXPECT_EQ(r.failure_count, 20U);
    EXPECT_EQ(r.failures.size(), 8U);
    EXPECT_EQ(r.failures.front().what, p.failure()->what);
}

}  // namespace
