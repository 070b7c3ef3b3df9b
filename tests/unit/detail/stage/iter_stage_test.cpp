#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/iter_stage.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/error.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../edge/edge_case.hpp"
#include "../items_case.hpp"
#include "iter_case.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
namespace detail = paipa::detail;
using detail::taken;
using ints = std::vector<int>;
using stage_case::range_worker;

/// Writes down what it sees of items.
class watching final : public paipa::tracker {
public:
    void item_started(std::string_view step, std::size_t worker) override {
        seen.push_back(std::string(step) + "/" + std::to_string(worker) + " starts");
    }

    void item_ended(std::string_view /*step*/, std::size_t /*worker*/,
                    paipa::item_outcome o) override {
        seen.emplace_back(o == paipa::item_outcome::finished ? "finished" : "failed");
    }

    std::vector<std::string> seen{};
};

/// A step from range to range that works on this thread. Its input has ended before.
class iter_stage : public testing::Test {
protected:
    /// Works through these numbers as the body says. Returns the worker's books.
    detail::worker_context& work(const ints& numbers, const range_worker::body& body) {
        front.put(numbers);
        front.edge.close({});
        step = stage_case::range_step({}, front.edge, &behind.edge, body);
        step->make_workers(run);
        step->work(0);
        return step->core(0);
    }

    std::shared_ptr<watching> tracker = std::make_shared<watching>();
    stage_case::kept_run run{paipa::default_runtime(), {.name = "p", .tracker = tracker}};
    number_edge front{paipa::default_runtime(), 16};
    number_edge behind{paipa::default_runtime(), 16};
    std::unique_ptr<detail::iter_stage> step{};
    number_reader next{behind.edge};
};

TEST_F(iter_stage, makes_a_worker_for_each_thread) {
    step = stage_case::range_step({.threads = 3}, front.edge, nullptr, {});
    step->make_workers(run);
    EXPECT_EQ(step->made(), 3U);
    EXPECT_EQ(step->core(2).index, 2U);
    EXPECT_TRUE(step->emits());
}

TEST_F(iter_stage, counts_an_item_as_finished_when_the_next_one_is_pulled) {
    std::vector<std::uint64_t> finished;
    work({1, 2}, [&](range_worker& w) {
        for (const int expected : {1, 2, -1, -1}) {
            EXPECT_EQ(w.next(), expected);
            finished.push_back(w.core.finished());
        }
    });
    EXPECT_EQ(finished, (std::vector<std::uint64_t>{0, 1, 2, 2}));
    EXPECT_TRUE(step->saw_end);
    EXPECT_EQ(tracker->seen,
              (std::vector<std::string>{"a/0 starts", "finished", "a/0 starts", "finished"}));
}

TEST_F(iter_stage, counts_the_item_in_hand_as_finished_when_its_range_ends) {
    const auto& books = work({1, 2}, [](range_worker& w) { w.next(); });
    EXPECT_EQ(books.finished(), 1U);
    EXPECT_FALSE(step->saw_end);
    step->clean_up(0);
    EXPECT_EQ(front.edge.unfinished(), 0U);
    EXPECT_EQ(run.failures, std::vector<std::string>{});
}

TEST_F(iter_stage, abandons_the_item_in_hand_and_fails_the_run_when_its_range_throws) {
    const auto& books = work({1, 2}, [](range_worker& w) {
        w.next();
        throw std::runtime_error("no");
    });
    EXPECT_EQ(books.finished(), 0U);
    EXPECT_EQ(books.abandoned.get(), 1U);
    EXPECT_EQ(run.failures, std::vector<std::string>{"0 in process: no"});
    EXPECT_EQ(tracker->seen, (std::vector<std::string>{"a/0 starts", "failed"}));
    step->clean_up(0);
    EXPECT_EQ(front.edge.unfinished(), 0U);
}

TEST_F(iter_stage, has_no_more_input_when_its_edge_is_cancelled) {
    work({1, 2, 3}, [&](range_worker& w) {
        w.in.want = 3;
        EXPECT_EQ(w.next(), 1);
        front.edge.cancel("enough");
        EXPECT_EQ(w.next(), -1);  // though it has taken two more
    });
    EXPECT_FALSE(step->saw_end);
}

TEST_F(iter_stage, refuses_a_pull_on_another_thread) {
    std::string refused;
    const auto& books = work({1}, [&](range_worker& w) {
        std::thread([&] {
            try {
                w.pull();
            } catch (const paipa::state_error& e) {
                refused = e.what();
            }
        }).join();
    });
    EXPECT_EQ(refused,
              "paipa::pipeline 'p': iter_step 'a': its range is pulled on another thread: expected "
              "the worker's");
    EXPECT_EQ(books.finished(), 0U);
}

TEST_F(iter_stage, passes_a_meta_entry_on_behind_the_outputs_of_the_items_in_front) {
    front.put({1});
    front.edge.push_meta(std::any(5));
    work({2}, [](range_worker& w) {
        for (int n = w.next(); n >= 0; n = w.next()) {
            w.sent(10 * n);
        }
    });
    ASSERT_EQ(next.look(4), taken::items);
    EXPECT_EQ(next.finish(), ints{10});
    ASSERT_EQ(next.look(4), taken::meta);
    EXPECT_EQ(std::any_cast<int>(behind.edge.take_meta()), 5);
    behind.edge.meta_passed();
    ASSERT_EQ(next.look(4), taken::items);
    EXPECT_EQ(next.finish(), ints{20});
}

TEST(iter_stage_of_tokens, destroys_an_item_when_the_next_one_is_pulled) {
    tokens() = {};
    stage_case::kept_run run;
    detail::edge front(paipa::default_runtime(), "a", "b", 4, detail::type_of<token>);
    for (int n = 0; n < 2; ++n) {
        token item(n);
        detail::edge_put(front, [] {
            return std::string("put");
        }).put<token>(&item, 1, paipa::never);
    }
    front.close({});
    std::vector<std::size_t> living;
    const auto step = stage_case::range_step({}, front, nullptr, [&](range_worker& w) {
        while (w.pull()) {
            living.push_back(tokens().living.size());
        }
    });
    step->make_workers(run);
    step->work(0);
    EXPECT_EQ(living, (std::vector<std::size_t>{2, 1}));
    EXPECT_TRUE(tokens().living.empty());
    EXPECT_EQ(tokens().faults, 0U);
    step->clean_up(0);
}

/// A step from range to range in a simulation.
class simulated {
public:
    /// Works through the numbers as the body says, while somebody else does something a second
    /// later.
    void work(const paipa::step_options& o, const ints& numbers, const range_worker::body& body,
              const std::function<void()>& later = {}) {
        sim.run([&] {
            front.put(numbers);
            behind.edge.start_bounds();
            step = stage_case::range_step(o, front.edge, &behind.edge, body);
            step->is_last = true;
            step->make_workers(run);
            if (later) {
                const auto other = sim.spawn("other", [&] {
                    sim.sleep_for(1s);
                    later();
                });
                step->work(0);
                other->join();
            } else {
                front.edge.close({});
                step->work(0);
            }
            for (std::size_t i = 0; i < o.threads; ++i) {
                step->clean_up(i);
            }
        });
    }

    paipa::testing::simulation sim{};
    stage_case::kept_run run{sim};
    number_edge front{sim, 16};
    number_edge behind{sim, 16};
    std::unique_ptr<detail::iter_stage> step{};
};

/// How many items the worker wants at once, behind each of seven that take no time.
std::vector<std::size_t> wants(std::size_t threads) {
    std::vector<std::size_t> all;
    simulated().work({.threads = threads}, ints(7), [&](range_worker& w) {
        while (w.pull()) {
            all.push_back(w.in.want);
        }
    });
    return all;
}

TEST(iter_stage_batches, grow_where_it_has_one_worker) {
    EXPECT_EQ(wants(1), (std::vector<std::size_t>{1, 2, 2, 4, 4, 4, 4}));
}

TEST(iter_stage_batches, are_single_items_where_siblings_might_want_them) {
    EXPECT_EQ(wants(2), std::vector<std::size_t>(7, 1));
}

TEST(iter_stage_batches, tell_the_edge_how_fast_the_worker_is_and_since_when_it_is_busy) {
    simulated s;
    s.work({}, {1, 2, 3, 4}, [&](range_worker& w) {
        w.next();
        w.next();  // the first one took no time, so it takes two more
        EXPECT_TRUE(w.in.hurry);
        const double fast = w.in.pull;
        s.sim.sleep_for(2s);
        w.next();
        EXPECT_TRUE(w.in.hurry);
        w.next();
        EXPECT_FALSE(w.in.hurry);
        EXPECT_LT(w.in.pull, fast);
        EXPECT_EQ(w.core.times.since(), s.sim.now());
    });
}

TEST(iter_stage_batches, are_progress_where_it_is_the_last_step) {
    simulated s;
    s.work({}, {1, 2}, [](range_worker& w) {
        while (w.pull()) {
        }
    });
    EXPECT_EQ(s.run.notices.size(), 2U);
}

TEST(iter_stage_waits, gives_room_to_others_before_it_waits) {
    simulated s;
    std::size_t room = 0;
    s.work(
        {}, {1},
        [](range_worker& w) {
            while (w.pull()) {
                w.sent(1);
            }
        },
        [&] {
            room = s.behind.put(ints(16));
            s.front.edge.close({});
        });
    EXPECT_EQ(room, 15U);
    EXPECT_EQ(s.step->core(0).finished(), 1U);
}

TEST(iter_stage_waits, does_not_take_a_cancel_for_the_end_of_the_input) {
    simulated s;
    s.work(
        {}, {1},
        [](range_worker& w) {
            while (w.pull()) {
            }
        },
        [&] { s.front.edge.cancel("enough"); });
    EXPECT_FALSE(s.step->saw_end);
    EXPECT_EQ(s.step->core(0).finished(), 1U);
}

}  // namespace
