#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/report.hpp>
#include <paipa/results.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/stream.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <iterator>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

int same(int x) {
    return x;
}

static_assert(std::ranges::input_range<paipa::results_range<int, int>>);
// Only `pipeline::results` makes one.
static_assert(!std::is_constructible_v<paipa::results_range<int, int>,
                                       std::shared_ptr<paipa::detail::run_core>>);

TEST(results, may_be_left_and_gone_on_with) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 100));
    std::vector<int> got;
    for (int x : p.results()) {
        got.push_back(x);
        if (x == 10) {
            break;
        }
    }
    for (int x : p.results()) {
        got.push_back(x);
    }
    ASSERT_EQ(got.size(), 100);
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
}

std::vector<int> first_of(std::ranges::input_range auto&& range, int n) {
    std::vector<int> got;
    for (const int x : std::ranges::ref_view(range) | std::views::take(n)) {
        got.push_back(x);
    }
    return got;
}

TEST(results, that_a_take_does_not_pass_on_are_left_for_the_next_range) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 100));
    for (int round = 0; round < 3; ++round) {
        auto results = p.results();
        EXPECT_EQ(first_of(results, 3), (std::vector{6 * round, 6 * round + 1, 6 * round + 2}));
        EXPECT_EQ(first_of(results, 0), std::vector<int>{});
        EXPECT_EQ(first_of(results, 3), (std::vector{6 * round + 3, 6 * round + 4, 6 * round + 5}));
    }
    auto streamed = paipa::stream(std::views::iota(0, 100), paipa::step("same", same));
    EXPECT_EQ(first_of(streamed, 2), (std::vector{0, 1}));
    EXPECT_EQ(first_of(streamed, 2), (std::vector{2, 3}));
}

TEST(results, that_a_take_does_not_pass_on_are_not_waited_for) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true}};
    p.put_all({0, 1, 2});
    p.start();
    EXPECT_EQ(first_of(p.results(), 3), (std::vector{0, 1, 2}));  // the input is still open
    EXPECT_EQ(p.stop().results_unread, 0);
}

paipa::generator<int> three_of(paipa::generator<int> numbers) {
    for (const int n : std::move(numbers) | std::views::take(3)) {
        co_yield n;
    }
}

TEST(results, of_an_iter_step_that_takes_three_end_at_the_third_item) {
    const auto ends = [](auto step) {
        paipa::pipeline p{step, {.quiet = true}};
        p.put_all({0, 1, 2});
        p.start();
        EXPECT_EQ(first_of(p.results(), 9), (std::vector{0, 1, 2}));  // the input is still open
        EXPECT_EQ(p.report().state, paipa::run_state::ended_early);
        EXPECT_TRUE(p.report().balanced()) << p.report();
    };
    ends(paipa::iter_step("three", three_of));
    ends(paipa::step("same", same) | paipa::iter_step("three", std::views::take(3)));
    ends(paipa::step("same", same) |
         paipa::iter_step("three", paipa::map(same), std::views::take(3)));
}

TEST(results, end_behind_the_failure_of_the_run) {
    paipa::pipeline p{paipa::step("throws", [](int x) -> int { throw x; }), {.quiet = true}};
    p.put(7);
    p.finish();
    auto results = p.results();
    auto at = results.begin();
    EXPECT_THROW((void)(at == results.end()), int);
    for (int i = 0; i < 3; ++i, ++at) {
        EXPECT_TRUE(at == results.end());
    }
}

TEST(results, let_the_last_one_go_when_their_reader_leaves) {
    paipa::pipeline p{paipa::step("boxed", [](int x) { return std::make_shared<int>(x); }),
                      {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 100));
    for (int round = 0; round < 3; ++round) {
        std::weak_ptr<int> last;
        for (auto&& x : p.results()) {
            last = x;
            EXPECT_EQ(*x, round);
            break;
        }
        EXPECT_TRUE(last.expired());
    }
    const auto r = p.stop();
    EXPECT_EQ(r.results_unread, 97);
    EXPECT_TRUE(r.balanced()) << r;
}

TEST(results, are_thrown_away_and_counted_when_nobody_reads) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 100));
    const auto r = p.run();
    EXPECT_EQ(r.results_unread, 100);
    EXPECT_EQ(r.delivered, 100);
    EXPECT_TRUE(r.balanced()) << r;
}

struct books_kept final : paipa::tracker {
    void run_ended(const paipa::report& books) override { at_the_end.set_value(books); }

    std::promise<paipa::report> at_the_end;
};

/// What a run delivered is read, unread, or abandoned behind the last step: there is nothing else.
void expect_all_told(const paipa::report& r, std::uint64_t read) {
    EXPECT_EQ(r.delivered, read + r.results_unread + r.edges.back().abandoned) << r;
    EXPECT_TRUE(r.balanced()) << r;
}

TEST(results, taken_for_a_reader_that_leaves_are_counted_when_the_run_is_cancelled) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true, .capacity = 64}};
    p.put_iterable(std::views::iota(0, 1'000'000));
    std::uint64_t read = 0;
    for ([[maybe_unused]] int x : p.results()) {
        if (++read == 300) {
            break;
        }
    }
    p.cancel();
    p.stop();
    expect_all_told(p.report(), 300);
}

TEST(results, that_nobody_reads_any_more_are_counted_without_a_call_of_stop) {
    const auto kept = std::make_shared<books_kept>();
    {
        paipa::pipeline p{paipa::step("same", same),
                          {.daemon = true, .quiet = true, .capacity = 64, .tracker = kept}};
        p.put_iterable(std::views::iota(0, 1'000'000));
        std::uint64_t read = 0;
        for ([[maybe_unused]] int x : p.results()) {
            if (++read == 300) {
                break;
            }
        }
    }
    expect_all_told(kept->at_the_end.get_future().get(), 300);
}

TEST(results, rethrow_a_failure_behind_what_was_delivered) {
    paipa::pipeline p{paipa::step("throws",
                                  [](int x) {
                                      if (x == 3) {
                                          throw std::runtime_error("three");
                                      }
                                      return std::make_unique<int>(x);
                                  }),
                      {.quiet = true}};
    p.put_all({1, 2, 3});
    p.finish();
    EXPECT_THROW(
        {
            for (auto&& x : p.results()) {
                const std::unique_ptr<int> mine = std::move(x);
                EXPECT_LT(*mine, 3);
            }
        },
        std::runtime_error);
}

TEST(results, have_one_reader_at_a_time) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true}};
    p.finish();
    {
        const auto first = p.results();
        EXPECT_THROW((void)p.results(), paipa::state_error);
    }
    EXPECT_NO_THROW((void)p.results());
}

TEST(results, may_be_left_on_another_thread) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 100));
    {
        auto results = p.results();
        std::thread([&results] {
            for ([[maybe_unused]] const int x : results) {
                break;
            }
        }).join();
    }
    for (int x : p.results()) {
        EXPECT_EQ(x, 1);  // the next one
        break;
    }
    const auto r = p.stop();  // does not wait for a reader
    EXPECT_EQ(r.results_unread, 98);
    EXPECT_TRUE(r.balanced()) << r;
}

/// The reader's own thread may end the run; the result in its hand stays.
TEST(results, in_hand_outlive_the_end_that_their_reader_calls_for) {
    using run = paipa::pipeline<int, std::shared_ptr<int>>;
    const auto boxed = paipa::step("boxed", [](int x) { return std::make_shared<int>(x); });
    void (*const ends[])(run&) = {[](run& p) { p.stop(); }, [](run& p) { p.drain(); },
                                  [](run& p) {
                                      p.cancel();
                                      p.stop();
                                  }};
    for (const auto end : ends) {
        run p{boxed, {.quiet = true, .capacity = 16}};
        p.put_iterable(std::views::iota(0, 1000));
        std::uint64_t read = 0;
        for (auto&& x : p.results()) {
            const std::weak_ptr<int> mine = x;
            if (++read == 21) {
                end(p);
                end(p);
                expect_all_told(p.report(), read);
            }
            ASSERT_FALSE(mine.expired());
            EXPECT_EQ(*x, static_cast<int>(read) - 1);
        }
        EXPECT_EQ(read, 21);
    }
}

TEST(results, are_for_the_thread_that_reads_and_not_for_the_one_that_made_the_range) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 1000));
    std::promise<void> reads;
    std::vector<int> got;
    std::thread reader([&, results = p.results()]() mutable {
        for (const int x : results) {
            got.push_back(x);
            if (x == 0) {
                reads.set_value();
            }
        }
    });
    reads.get_future().wait();
    const auto r = p.stop();  // waits for the reader
    reader.join();
    EXPECT_EQ(got.size(), 1000);
    EXPECT_EQ(r.results_unread, 0);
    EXPECT_TRUE(r.balanced()) << r;
}

TEST(results, that_were_thrown_away_before_the_reader_began_are_missing_there) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 1000));
    p.start();
    auto results = p.results();
    std::uint64_t read = 0;
    std::thread reader([&] {
        for ([[maybe_unused]] const int x : results) {
            ++read;
        }
    });
    const auto r = p.stop();  // of the maker: it or the reader comes first
    reader.join();
    expect_all_told(p.report(), read);
}

TEST(results, end_when_the_daemon_pipeline_is_destroyed) {
    std::promise<void> stuck;
    std::promise<void> go_on;
    auto may_go_on = go_on.get_future().share();
    auto p = std::make_unique<paipa::pipeline<int, int>>(
        paipa::step("blocks",
                    [&, may_go_on](int x) {
                        stuck.set_value();
                        may_go_on.wait();
                        return x;
                    }),
        paipa::pipeline_options{.daemon = true, .quiet = true});
    p->put(1);
    p->start();
    auto read = std::async(std::launch::async, [results = p->results()]() mutable {
        return std::ranges::distance(results.begin(), results.end());
    });
    stuck.get_future().wait();
    p.reset();
    EXPECT_EQ(read.wait_for(std::chrono::seconds{8}), std::future_status::ready);
    go_on.set_value();
    EXPECT_EQ(read.get(), 0);
}

}  // namespace
