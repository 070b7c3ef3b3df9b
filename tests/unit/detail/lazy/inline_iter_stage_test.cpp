#include <paipa/detail/lazy/inline_iter_stage.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>

#include "cursor_case.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using paipa::generator;
using paipa::run_state;

/// The step behind the numbers from 1 to 3.
template <class G>
auto over_three(G g, int* pulls, int bad = 0) {
    return lone_step(paipa::iter_step("a", g), counted_cursor(3, pulls, bad));
}

generator<int> times_ten(generator<int> items) {
    for (const int n : items) {
        co_yield 10 * n;
    }
}

TEST(inline_iter_stage, finishes_an_item_when_the_next_one_is_pulled) {
    int pulls = 0;
    auto step = over_three(times_ten, &pulls);
    auto outputs = step.outputs();
    ASSERT_TRUE(outputs.next());
    EXPECT_EQ(outputs.item(), 10);
    EXPECT_EQ(step.row().inside, 1U);
    EXPECT_EQ(step.row().finished, 0U);
    ASSERT_TRUE(outputs.next());
    EXPECT_EQ(step.row().inside, 1U);
    EXPECT_EQ(step.row().finished, 1U);
    EXPECT_EQ(pulled(outputs), std::vector{30});
    EXPECT_EQ(step.row().finished, 3U);
    EXPECT_EQ(step.row().emitted, 3U);
    EXPECT_EQ(step.run.books().state, run_state::finished);
    EXPECT_FALSE(outputs.next());
    EXPECT_EQ(pulls, 4);
}

generator<int> count(generator<int> items) {
    int n = 0;
    for ([[maybe_unused]] const int item : items) {
        ++n;
    }
    co_yield n + 0;
}

TEST(inline_iter_stage, calls_its_callable_for_an_empty_input) {
    int pulls = 0;
    lone_step step(paipa::iter_step("a", count), counted_cursor(0, &pulls));
    EXPECT_EQ(pulled(step.outputs()), std::vector{0});
    EXPECT_EQ(pulls, 1);
    EXPECT_EQ(step.row().received, 0U);
}

generator<int> only_the_first(generator<int> items) {
    auto i = items.begin();
    co_yield *i;
}

TEST(inline_iter_stage, ends_the_run_early_when_it_leaves_its_input) {
    int pulls = 0;
    auto step = over_three(only_the_first, &pulls);
    EXPECT_EQ(pulled(step.outputs()), std::vector{1});
    EXPECT_EQ(pulls, 1);
    EXPECT_EQ(step.row().finished, 1U);
    EXPECT_EQ(step.run.books().state, run_state::ended_early);
}

generator<std::unique_ptr<int>> only_the_second(generator<std::unique_ptr<int>> items) {
    auto i = items.begin();
    ++i;
    co_yield *i;
}

TEST(inline_iter_stage, passes_an_item_unseen_that_nobody_asks_for) {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(1));
    boxes.push_back(std::make_unique<int>(2));
    lone_step step(paipa::iter_step("a", only_the_second), cursor_over(std::move(boxes)));
    const auto all = pulled(step.outputs());
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(*all[0], 2);
    EXPECT_EQ(step.row().received, 2U);
    EXPECT_EQ(step.row().finished, 2U);
}

generator<int> failing(generator<int> items) {
    for (const int n : items) {
        if (n == 2) {
            throw std::runtime_error("two");
        }
        co_yield n + 0;
    }
}

void expect_failure(const paipa::report& books, const std::string& step, const std::string& where,
                    const std::string& what) {
    EXPECT_EQ(books.state, run_state::failed);
    ASSERT_EQ(books.failures.size(), 1U);
    EXPECT_EQ(books.failures[0].step, step);
    EXPECT_EQ(books.failures[0].where, where);
    EXPECT_EQ(books.failures[0].what, what);
}

TEST(inline_iter_stage, fails_the_run_with_what_its_range_throws) {
    int pulls = 0;
    auto step = over_three(failing, &pulls);
    auto outputs = step.outputs();
    ASSERT_TRUE(outputs.next());
    EXPECT_THROW(outputs.next(), std::runtime_error);
    EXPECT_FALSE(outputs.next());
    expect_failure(step.run.books(), "a", "process", "two");
    EXPECT_EQ(step.row().finished, 1U);
    EXPECT_EQ(step.row().abandoned, 1U);
    EXPECT_EQ(step.row().inside, 0U);
}

TEST(inline_iter_stage, fails_the_run_with_what_its_input_throws) {
    int pulls = 0;
    auto step = over_three(times_ten, &pulls, 2);
    auto outputs = step.outputs();
    ASSERT_TRUE(outputs.next());
    EXPECT_THROW(outputs.next(), std::runtime_error);
    expect_failure(step.run.books(), "source", "source", "bad number");
    EXPECT_EQ(step.row().finished, 1U);
    EXPECT_EQ(step.row().abandoned, 0U);
}

/// Throws what the input throws no further, but something of its own.
generator<int> failing_behind_its_input(generator<int> items) {
    try {
        for (const int n : items) {
            co_yield n + 0;
        }
    } catch (const std::runtime_error&) {
        // the input has ended
    }
    throw std::logic_error("of its own");
}

TEST(inline_iter_stage, fails_by_itself_when_it_has_caught_what_its_input_threw) {
    int pulls = 0;
    auto step = over_three(failing_behind_its_input, &pulls, 2);
    auto outputs = step.outputs();
    ASSERT_TRUE(outputs.next());
    EXPECT_THROW(outputs.next(), std::logic_error);
    expect_failure(step.run.books(), "a", "process", "of its own");
}

std::exception_ptr thrown_on_another_thread(generator<int>& items) {
    std::exception_ptr thrown;
    std::thread other([&] {
        try {
            (void)*items.begin();
        } catch (...) {
            thrown = std::current_exception();
        }
    });
    other.join();
    return thrown;
}

generator<int> pulling_on_another_thread(generator<int> items) {
    const std::exception_ptr thrown = thrown_on_another_thread(items);
    if (thrown != nullptr) {
        std::rethrow_exception(thrown);
    }
    co_yield 1;
}

TEST(inline_iter_stage, refuses_to_be_pulled_on_another_thread) {
    int pulls = 0;
    auto step = over_three(pulling_on_another_thread, &pulls);
    EXPECT_THROW(step.outputs().next(), paipa::state_error);
    EXPECT_EQ(pulls, 0);
    expect_failure(step.run.books(), "a", "process",
                   "paipa::combine: iter_step 'a': its range is pulled on another thread: "
                   "expected the chain's");
}

}  // namespace
