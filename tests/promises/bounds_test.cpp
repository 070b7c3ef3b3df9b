#include "support.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <tuple>

namespace {

using namespace promises;

/// Threads per step, capacity of each edge.
class bounds : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
protected:
    [[nodiscard]] static std::size_t threads() { return std::get<0>(GetParam()); }

    [[nodiscard]] static std::size_t capacity() { return std::get<1>(GetParam()); }

    [[nodiscard]] static paipa::pipeline_options options() {
        return {.quiet = true, .capacity = capacity()};
    }

    static void expect_bounded(const paipa::report& r) {
        expect_closed(r);
        for (const paipa::edge_report& e : r.edges) {
            EXPECT_LE(e.most, e.capacity) << r;
            EXPECT_EQ(e.capacity, capacity()) << r;
        }
    }
};

INSTANTIATE_TEST_SUITE_P(threads, bounds,
                         testing::Combine(testing::Values(1U, 2U, 4U, 8U),
                                          testing::Values(1U, 2U, 64U)),
                         [](const auto& test) {
                             return std::to_string(std::get<0>(test.param)) + "_capacity_" +
                                    std::to_string(std::get<1>(test.param));
                         });

/// Counts what was pulled and not yet begun, from outside of the engine.
class meter {
public:
    void pulled() {
        const std::int64_t inside = ++pulled_ - begun_.load();
        std::int64_t most = most_.load();
        while (inside > most && !most_.compare_exchange_weak(most, inside)) {
        }
    }

    void begun() { ++begun_; }

    [[nodiscard]] std::int64_t most() const { return most_; }

private:
    std::atomic<std::int64_t> pulled_ = 0;
    std::atomic<std::int64_t> begun_ = 0;
    std::atomic<std::int64_t> most_ = 0;
};

TEST_P(bounds, hold_between_fast_steps) {
    paipa::pipeline p{paipa::step("a", [](int x) { return x; }, {.threads = threads()}) |
                          paipa::step("b", [](int x) { return x; }, {.threads = threads()}) |
                          paipa::step("c", [](int) {}, {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0, 5'000));
    expect_bounded(p.run());
    EXPECT_EQ(p.count(), 5'000U);
}

/// At most the edge's capacity, one item that the source holds, one that each worker holds.
TEST_P(bounds, hold_as_counted_from_outside) {
    meter m;
    paipa::pipeline p{paipa::step("a", [&m](int) { m.begun(); }, {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0, 10'000) | std::views::transform([&m](int x) {
                       m.pulled();
                       return x;
                   }));
    expect_bounded(p.run());
    EXPECT_LE(m.most(), static_cast<std::int64_t>(capacity() + threads() + 1));
}

/// The step finishes nothing: what goes in stays until the source can pull no more.
TEST_P(bounds, hold_while_every_item_waits_for_its_retry) {
    const auto limit = static_cast<std::int64_t>(capacity() + threads() + 1);
    std::atomic<std::int64_t> pulled = 0;
    std::atomic<bool> too_many = false;
    paipa::pipeline p{paipa::step("a", [](int) { throw std::runtime_error("not yet"); },
                                  {.threads = threads(), .retry = {.attempts = 2, .delay = 24h}}),
                      options()};
    p.put_iterable(std::views::iota(0, 100'000) | std::views::transform([&](int x) {
                       if (++pulled > limit) {
                           too_many = true;
                       }
                       return x;
                   }));
    p.start();
    const auto inside = static_cast<std::int64_t>(capacity());
    EXPECT_TRUE(eventually([&] { return pulled >= inside; }));
    EXPECT_TRUE(
        eventually([&] { return too_many || p.report().edges.front().most >= capacity(); }));
    for (int i = 0; i < 200; ++i) {
        std::this_thread::yield();  // the chance to pull one item too many
    }
    p.cancel();
    const auto r = p.stop();
    expect_bounded(r);
    EXPECT_FALSE(too_many) << pulled << " pulled, want at most " << limit << "\n" << r;
}

TEST_P(bounds, hold_while_items_are_requeued) {
    struct thrice final : paipa::abstract_step<int, int, std::optional<int>> {
        std::optional<int> process(int x) override {
            if (x < 3'000'000) {
                self().requeue(x + 1'000'000);
                return std::nullopt;
            }
            return x;
        }
    };

    meter m;
    paipa::pipeline p{paipa::step<thrice>("a", {.threads = threads()}) |
                          paipa::step("b", [&m](int) { m.begun(); }, {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0, 3'000) | std::views::transform([&m](int x) {
                       m.pulled();
                       return x;
                   }));
    expect_bounded(p.run());
    EXPECT_EQ(p.count(), 3'000U);
    EXPECT_LE(m.most(), static_cast<std::int64_t>(2 * (capacity() + threads()) + 1));
}

TEST_P(bounds, hold_while_every_item_fails_first) {
    std::atomic<int> calls = 0;
    meter m;
    paipa::pipeline p{paipa::step("a",
                                  [&calls](const int& x) {
                                      if (++calls % 2 == 1) {
                                          throw std::runtime_error("again");
                                      }
                                      return x;
                                  },
                                  {.threads = threads(), .retry = {.attempts = 1'000'000}}) |
                          paipa::step("b", [&m](int) { m.begun(); }, {.threads = threads()}),
                      options()};
    p.put_iterable(std::views::iota(0, 2'000) | std::views::transform([&m](int x) {
                       m.pulled();
                       return x;
                   }));
    expect_bounded(p.run());
    EXPECT_EQ(p.count(), 2'000U);
    EXPECT_LE(m.most(), static_cast<std::int64_t>(2 * (capacity() + threads()) + 1));
}

TEST_P(bounds, hold_behind_steps_that_make_many) {
    for (const bool ordered : {false, true}) {
        paipa::pipeline p{paipa::step("a",
                                      [](int x) -> paipa::generator<int> {
                                          for (int i = 0; i < x; ++i) {
                                              co_yield i;
                                          }
                                      },
                                      {.threads = threads(), .ordered = ordered}) |
                              paipa::step("b", [](int) {}, {.threads = threads()}),
                          options()};
        p.put_all({2'000, 0, 1, 500, 0, 1'000});
        p.finish();
        const auto r = p.run();
        expect_closed(r);
        EXPECT_LE(r.edges[1].most, capacity()) << r;
        EXPECT_EQ(p.count(), 3'501U);
    }
}

/// What an ordered step has done and may not hand on yet counts, too: the window is the edge.
TEST_P(bounds, hold_while_an_ordered_step_waits_for_its_first_item) {
    gate first;
    std::atomic<std::int64_t> pulled = 0;
    paipa::pipeline p{paipa::step("a",
                                  [&first](int x) {
                                      if (x == 0) {
                                          first.wait();
                                      }
                                      return x;
                                  },
                                  {.threads = threads(), .ordered = true}) |
                          paipa::step("b", [](int) {}),
                      options()};
    p.put_iterable(std::views::iota(0, 2'000) | std::views::transform([&](int x) {
                       ++pulled;
                       return x;
                   }));
    p.start();
    EXPECT_TRUE(eventually([&] { return p.report().edges.front().queued == capacity(); }));
    EXPECT_LE(pulled, static_cast<std::int64_t>(2 * capacity() + threads() + 1));
    first.open();
    expect_bounded(p.stop());
    EXPECT_EQ(p.count(), 2'000U);
}

TEST_P(bounds, fill_an_edge_to_its_capacity_and_no_further) {
    gate reads;
    std::atomic<std::size_t> begun = 0;
    paipa::pipeline p{paipa::step("slow",
                                  [&](int) {
                                      ++begun;
                                      reads.wait();
                                  },
                                  {.threads = threads()}),
                      options()};
    p.start();
    for (std::size_t i = 0; i < threads(); ++i) {
        p.put(0);
    }
    EXPECT_TRUE(eventually([&] { return begun == threads(); }));
    std::size_t taken = 0;
    while (p.try_put(1)) {
        ++taken;
    }
    EXPECT_EQ(taken, capacity());
    reads.open();
    const auto r = p.stop();
    expect_bounded(r);
    EXPECT_GE(r.edges.front().most, capacity());
}

TEST(bound, does_not_hold_for_what_was_put_before_the_run) {
    paipa::pipeline p{paipa::step("a", [](int) {}), {.quiet = true, .capacity = 2}};
    p.put_all(numbers(0, 1'000));
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.edges.front().most, 1'000U);
}

TEST(bound, is_256_items_or_64_kib_of_trivial_ones_by_default) {
    paipa::pipeline p{paipa::step("a", [](int x) { return std::to_string(x); }) |
                          paipa::step("b", [](const std::string& s) { return s.size(); }) |
                          paipa::step("c", [](std::size_t) {}),
                      {.quiet = true}};
    p.finish();
    const auto r = p.run();
    EXPECT_EQ(r.edges[0].capacity, 16U * 1024);
    EXPECT_EQ(r.edges[1].capacity, 256U);
    EXPECT_EQ(r.edges[2].capacity, 8U * 1024);
}

}  // namespace
