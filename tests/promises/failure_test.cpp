#include <paipa/testing/simulation.hpp>

#include "../read_to_the_end.hpp"
#include "support.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace promises;

class failures : public with_threads {
protected:
    /// Counts its calls.
    [[nodiscard]] paipa::pipeline_options options() {
        return {.quiet = true, .fail_callback = [this](const paipa::failure&) { ++callbacks; }};
    }

    template <class Pipeline>
    void expect_failed(const Pipeline& p, std::string_view what) {
        const auto r = p.report();
        expect_closed(r);
        EXPECT_EQ(r.state, paipa::run_state::failed);
        EXPECT_GE(r.failure_count, 1U);
        EXPECT_EQ(callbacks, 1);
        EXPECT_FALSE(p.ok());
        EXPECT_FALSE(p.alive());
        ASSERT_TRUE(p.failure());
        EXPECT_EQ(p.failure()->what, what);
    }

    std::atomic<int> callbacks = 0;
};

PAIPA_WITH_THREADS(failures);

int same(int x) {
    return x;
}

paipa::generator<int> crash_at_7(paipa::generator<int> in) {
    for (const int x : in) {
        if (x == 7) {
            throw 7;
        }
        co_yield x;
    }
}

paipa::generator<int> all_of(paipa::generator<int> in) {
    for (const int x : in) {
        co_yield x;
    }
}

TEST_P(failures, of_a_function_reach_the_caller_as_they_were_thrown) {
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::step("b",
                                      [](int x) {
                                          if (x == 7) {
                                              throw x;
                                          }
                                          return x;
                                      },
                                      {.threads = threads()}) |
                          paipa::step("c", same, {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0));
    EXPECT_THROW(p.run(), int);
    expect_failed(p, "int 7");
    EXPECT_EQ(p.failure()->step, "b");
    EXPECT_EQ(p.failure()->where, "process");
    EXPECT_EQ(p.failure()->attempt, 1U);
    EXPECT_LT(p.failure()->worker, threads());
    EXPECT_THROW(p.stop(), int);  // as often as somebody asks
}

TEST_P(failures, of_a_class_step_reach_the_caller_as_they_were_thrown) {
    struct thing {};

    struct throwing final : paipa::abstract_step<int, int> {
        int process(int x) override {
            if (x == 7) {
                throw thing{};
            }
            return x;
        }
    };

    paipa::pipeline p{paipa::step<throwing>("a", {.threads = threads()}), options()};
    p.put_iterable(std::views::iota(0));
    EXPECT_THROW(p.run(), thing);
    EXPECT_TRUE(p.failure()->what.starts_with("exception of type ")) << p.failure()->what;
    expect_failed(p, p.failure()->what);
}

TEST_P(failures, of_an_iter_step_behind_an_iter_step) {
    paipa::pipeline p{paipa::iter_step("a", all_of, {.threads = threads()}) |
                          paipa::iter_step("b", crash_at_7, {.threads = threads()}) |
                          paipa::iter_step("c", all_of, {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0));
    EXPECT_THROW(p.run(), int);
    expect_failed(p, "int 7");
    EXPECT_EQ(p.failure()->step, "b");
}

TEST_P(failures, of_an_iter_step_in_front_of_an_iter_step) {
    paipa::pipeline p{paipa::iter_step("a", crash_at_7, {.threads = threads()}) |
                          paipa::iter_step("b", all_of, {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0));
    EXPECT_THROW(p.run(), int);
    expect_failed(p, "int 7");
}

TEST_P(failures, of_an_iter_step_before_its_first_item) {
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::iter_step("b",
                                           [](paipa::generator<int> in) {
                                               throw std::string("at once");
                                               return in;
                                           },
                                           {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0));
    EXPECT_THROW(p.run(), std::string);
    expect_failed(p, "at once");
}

TEST_P(failures, of_a_generator_function_after_some_outputs) {
    paipa::pipeline p{paipa::step("a",
                                  [](int x) -> paipa::generator<int> {
                                      co_yield x;
                                      co_yield x;
                                      throw std::runtime_error("after two");
                                  },
                                  {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0));
    EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), "after two");
    expect_failed(p, "after two");
}

TEST_P(failures, of_a_source) {
    for (const int at : {0, 1, 300}) {
        callbacks = 0;
        paipa::pipeline p{paipa::step("a", same, {.threads = threads()}), options()};
        p.put_iterable(std::views::iota(0) | std::views::transform([at](int x) {
                           if (x == at) {
                               throw 8;
                           }
                           return x;
                       }));
        p.put_iterable(std::views::iota(0));
        EXPECT_THROW(p.run(), int);
        expect_failed(p, "int 8");
        EXPECT_EQ(p.failure()->where, "source");
    }
}

TEST_P(failures, while_fed_by_a_queue) {
    auto q = std::make_shared<paipa::queue<int>>(4);
    paipa::pipeline p{paipa::step("a",
                                  [](int x) {
                                      if (x == 20) {
                                          throw std::runtime_error("twenty");
                                      }
                                  },
                                  {.threads = threads()}),
                      q, options()};
    p.start();
    const std::string said = refusal<paipa::closed_error>([&] {
        for (int i = 0;; ++i) {
            q->push(i);
        }
    });
    EXPECT_EQ(said,
              "paipa::queue: no more items are taken: its pipeline has ended: the run failed: " +
                  paipa::to_string(*p.failure()));
    EXPECT_FALSE(p.alive());
    EXPECT_EQ(refusal<std::runtime_error>([&] { p.stop(); }), "twenty");
    EXPECT_EQ(refusal<std::runtime_error>([&] { p.drain(); }), "twenty");
    expect_failed(p, "twenty");
}

/// The items behind the failure wait until it has been told; none of them is begun after that.
TEST_P(failures, stop_the_run_within_the_items_in_hand) {
    gate told;
    std::atomic<std::size_t> calls = 0;
    auto o = options();
    o.fail_callback = [&](const paipa::failure&) {
        ++callbacks;
        told.open();
    };
    paipa::pipeline p{paipa::step("a",
                                  [&](int) {
                                      if (++calls == 1) {
                                          throw std::runtime_error("first");
                                      }
                                      told.wait();
                                  },
                                  {.threads = threads()}),
                      o};
    p.put_all(numbers(0, 5'000));
    p.finish();
    EXPECT_THROW(p.run(), std::runtime_error);
    expect_failed(p, "first");
    EXPECT_LE(calls, threads());
    EXPECT_GE(p.report().abandoned(), 5'000 - threads());
}

TEST_P(failures, are_told_once_when_all_workers_throw_together) {
    std::atomic<std::size_t> inside = 0;
    std::atomic<bool> all_inside = true;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) {
                                      ++inside;
                                      if (!eventually([&] { return inside >= threads(); })) {
                                          all_inside = false;
                                      }
                                      throw x;
                                  },
                                  {.threads = threads()}),
                      options()};
    p.put_all(numbers(0, 100));
    p.finish();
    EXPECT_THROW(p.run(), int);
    const auto r = p.report();
    expect_closed(r);
    EXPECT_TRUE(all_inside);
    EXPECT_EQ(callbacks, 1);
    EXPECT_EQ(r.failure_count, threads());
    EXPECT_EQ(r.failures.size(), threads());  // the first few, here all
    EXPECT_EQ(r.abandoned(), 100U);
}

TEST_P(failures, come_at_most_once_from_each_worker) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            paipa::pipeline p{paipa::step("a", [](int x) { throw x; }, {.threads = threads()}),
                              {.quiet = true, .runtime = &sim}};
            p.put_all(numbers(0, 100));
            p.finish();
            EXPECT_THROW(p.run(), int);
            EXPECT_LE(p.report().failure_count, threads()) << "seed " << seed;
        });
    }
}

TEST_P(failures, of_one_of_several_thread_initialize) {
    struct starting final : paipa::abstract_step<int, int> {
        int process(int x) override { return x; }

        void thread_initialize() override {
            if (self().index() + 1 == self().siblings()) {
                throw 9;
            }
        }
    };

    paipa::pipeline p{paipa::step<starting>("a", {.threads = threads()}), options()};
    p.put_iterable(std::views::iota(0));
    EXPECT_THROW(p.run(), int);
    expect_failed(p, "int 9");
    EXPECT_EQ(p.failure()->where, "thread_initialize");
    EXPECT_EQ(p.failure()->worker, threads() - 1);
}

TEST_P(failures, wake_whoever_waits_for_room_or_input) {
    gate blocked;
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::step("b",
                                      [&](int x) {
                                          blocked.wait();
                                          throw std::runtime_error("late");
                                          return x;
                                      },
                                      {.threads = threads()}) |
                          paipa::step("c", same, {.threads = threads()}),
                      [&] {
                          auto o = options();
                          o.capacity = 1;
                          return o;
                      }()};
    p.start();
    std::string said;
    std::thread putting([&] {
        said = refusal<paipa::closed_error>([&] {
            while (true) {
                p.put(1);
            }
        });
    });
    EXPECT_TRUE(eventually([&] { return p.report().edges.front().queued == 1; }));
    blocked.open();
    putting.join();
    EXPECT_TRUE(
        said.starts_with("paipa::pipeline 'pipeline': put: no more items are taken: the run "
                         "failed: step 'b' (process, worker "))
        << said;
    EXPECT_THROW(p.stop(), std::runtime_error);
    expect_failed(p, "late");
}

TEST_P(failures, surface_in_stop_when_they_happened_in_the_background) {
    paipa::pipeline p{paipa::step("a", [](int) { throw 3; }, {.threads = threads()}), options()};
    p.start();
    p.put(1);
    EXPECT_TRUE(eventually([&] { return !p.alive(); }));
    EXPECT_THROW(p.stop(), int);
    expect_failed(p, "int 3");
}

TEST_P(failures, surface_in_every_way_to_run) {
    auto flow = paipa::step("a",
                            [](int x) {
                                throw std::runtime_error("no");
                                return x;
                            },
                            {.threads = threads()});
    const auto expect = [&](auto run) {
        callbacks = 0;
        paipa::pipeline p{flow, options()};
        p.put(1);
        EXPECT_EQ(refusal<std::runtime_error>([&] { run(p); }), "no");
        expect_failed(p, "no");
    };
    expect([](auto& p) {
        p.finish();
        p.run();
    });
    expect([](auto& p) { p.run_forever(); });
    expect([](auto& p) { p.run_while([] {}); });
    expect([](auto& p) {
        p.start();
        p.stop();
    });
    expect([](auto& p) {
        p.start();
        p.drain();
    });
    expect([](auto& p) {
        p.finish();
        read_to_the_end(p, [](int) {});
    });
}

}  // namespace
