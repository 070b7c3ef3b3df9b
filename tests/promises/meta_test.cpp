#include "support.hpp"

#include <any>
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

class meta_entries : public with_threads {};

PAIPA_WITH_THREADS(meta_entries);

/// Notes items and entries as they pass: what a step sees, in the order in which it sees it.
class log_of_passing {
public:
    void note(int what) { seen_.add(what); }

    /// Every entry `-k` must stand behind the items below k * 100, and before all others.
    void expect_barriers(int entries) const {
        const auto seen = seen_.items();
        int next = 1;
        for (const int x : seen) {
            if (x < 0) {
                EXPECT_EQ(x, -next);
                ++next;
            } else {
                EXPECT_EQ(x / 100, next - 1) << "item " << x << " on the wrong side";
            }
        }
        EXPECT_EQ(next - 1, entries);
    }

private:
    bag<int> seen_;
};

using passing = std::shared_ptr<log_of_passing>;

/// Passes everything on, and notes it.
class noting final : public paipa::abstract_step<int, int> {
public:
    explicit noting(passing p) : passing_(std::move(p)) {}

    int process(int x) override {
        passing_->note(x);
        return x;
    }

    std::any process_meta(std::any m) override {
        for (int i = 0; i < 20; ++i) {
            std::this_thread::yield();  // gives items behind the entry the chance to overtake it
        }
        passing_->note(-std::any_cast<int>(m));
        return m;
    }

private:
    passing passing_;
};

constexpr int entries = 30;

/// 100 items, an entry, 100 items, ..., in front of `flow`, which ends in one noting worker.
template <class Flow>
paipa::report run_with_entries(const Flow& flow, std::size_t capacity) {
    paipa::pipeline<int> p{flow, {.quiet = true, .capacity = capacity}};
    p.start();
    for (int i = 0; i < entries; ++i) {
        for (int x = 0; x < 100; ++x) {
            p.put(100 * i + x);
        }
        p.put_meta(i + 1);
    }
    return p.stop();
}

template <class Step>
void expect_barriers_behind(const Step& step) {
    for (const std::size_t capacity : {2U, 64U}) {
        const auto seen = std::make_shared<log_of_passing>();
        const auto r = run_with_entries(step | paipa::step<noting>("last", {}, seen), capacity);
        expect_closed(r);
        seen->expect_barriers(entries);
        EXPECT_EQ(r.delivered, 100U * entries);  // entries are no items
    }
}

TEST_P(meta_entries, are_barriers_for_the_workers_of_a_class_step) {
    const auto here = std::make_shared<log_of_passing>();
    const auto behind = std::make_shared<log_of_passing>();
    const auto r = run_with_entries(paipa::step<noting>("here", {.threads = threads()}, here) |
                                        paipa::step<noting>("behind", {}, behind),
                                    64);
    expect_closed(r);
    here->expect_barriers(entries);
    behind->expect_barriers(entries);
}

TEST_P(meta_entries, are_barriers_behind_function_steps) {
    expect_barriers_behind(paipa::step("a", [](int x) { return x; }, {.threads = threads()}) |
                           paipa::step("b", [](int x) { return x; }, {.threads = threads()}));
}

TEST_P(meta_entries, are_barriers_behind_ordered_steps) {
    expect_barriers_behind(
        paipa::step("a", [](int x) { return x; }, {.threads = threads(), .ordered = true}));
}

TEST_P(meta_entries, are_barriers_behind_retries) {
    const auto calls = std::make_shared<std::array<std::atomic<int>, 100 * entries>>();
    expect_barriers_behind(paipa::step("a",
                                       [calls](int x) {
                                           auto& n = (*calls)[static_cast<std::size_t>(x)];
                                           if (x % 3 == 0 && ++n % 2 == 1) {
                                               throw std::runtime_error("the first try");
                                           }
                                           return x;
                                       },
                                       {.threads = threads(), .retry = {.attempts = 2}}));
}

TEST_P(meta_entries, are_barriers_behind_requeues) {
    struct twice final : paipa::abstract_step<int, int, std::optional<int>> {
        std::optional<int> process(int x) override {
            if (x < 100'000) {
                self().requeue(x + 100'000);
                return std::nullopt;
            }
            return x - 100'000;
        }
    };

    expect_barriers_behind(paipa::step<twice>("twice", {.threads = threads()}));
}

TEST_P(meta_entries, are_barriers_behind_iter_steps) {
    expect_barriers_behind(paipa::iter_step("a",
                                            [](paipa::generator<int> in) -> paipa::generator<int> {
                                                for (const int x : in) {
                                                    co_yield x;
                                                }
                                            },
                                            {.threads = threads()}));
}

TEST_P(meta_entries, are_barriers_behind_steps_that_make_many) {
    for (const bool ordered : {false, true}) {
        const auto seen = std::make_shared<log_of_passing>();
        auto flow = paipa::step("many",
                                [](int x) -> paipa::generator<int> {
                                    for (int i = 0; i < x % 5; ++i) {
                                        co_yield x;
                                    }
                                },
                                {.threads = threads(), .ordered = ordered}) |
                    paipa::step<noting>("last", {}, seen);
        const auto r = run_with_entries(flow, 8);
        expect_closed(r);
        seen->expect_barriers(entries);
        EXPECT_EQ(r.delivered, 200U * entries);
    }
}

TEST_P(meta_entries, flush_chunks_and_timed_chunks) {
    expect_barriers_behind(paipa::step("chunk", paipa::chunk(7), {.threads = threads()}) |
                           paipa::flatten());
    expect_barriers_behind(paipa::step("chunk", paipa::timed_chunk({.size = 7, .timeout = 24h}),
                                       {.threads = threads()}) |
                           paipa::flatten());
}

TEST_P(meta_entries, are_seen_once_by_each_step) {
    struct counting final : paipa::abstract_step<int, int> {
        explicit counting(std::atomic<int>* n) : n_(n) {}

        int process(int x) override { return x; }

        std::any process_meta(std::any m) override {
            ++*n_;
            return m;
        }

        std::atomic<int>* n_;
    };

    std::atomic<int> first = 0;
    std::atomic<int> second = 0;
    const auto r =
        run_with_entries(paipa::step<counting>("first", {.threads = threads()}, &first) |
                             paipa::step<counting>("second", {.threads = threads()}, &second),
                         16);
    expect_closed(r);
    EXPECT_EQ(first, entries);
    EXPECT_EQ(second, entries);
}

TEST(meta_entry, travels_on_as_what_a_step_makes_of_it) {
    struct adding final : paipa::abstract_step<int, int> {
        int process(int x) override { return x; }

        std::any process_meta(std::any m) override {
            return std::any_cast<std::string>(m) + "+" + self().step();
        }
    };

    struct keeping final : paipa::abstract_step<int> {
        explicit keeping(bag<std::string>* to) : to_(to) {}

        void process(int) override {}

        std::any process_meta(std::any m) override {
            to_->add(std::any_cast<std::string>(m));
            return m;
        }

        bag<std::string>* to_;
    };

    bag<std::string> seen;
    paipa::pipeline p{paipa::step<adding>("a") | paipa::step("f", [](int x) { return x; }) |
                          paipa::step<adding>("b") | paipa::step<keeping>("c", {}, &seen),
                      {.quiet = true}};
    p.put_meta(std::string("m"));  // without any item
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(seen.items(), std::vector<std::string>{"m+a+b"});
    EXPECT_EQ(p.count(), 0U);
}

TEST(meta_entry, does_not_reach_the_results) {
    paipa::pipeline p{paipa::step("f", [](int x) { return x; }), {.quiet = true}};
    p.put(1);
    p.put_meta(0);
    p.put(2);
    p.put_meta(0);
    p.finish();
    std::vector<int> got;
    for (const int x : p.results()) {
        got.push_back(x);
    }
    EXPECT_EQ(got, numbers(1, 3));
    EXPECT_EQ(p.count(), 2U);
    expect_closed(p.report());
}

TEST(meta_entry, fails_the_run_when_its_hook_throws) {
    struct throwing final : paipa::abstract_step<int> {
        void process(int) override {}

        std::any process_meta(std::any) override { throw 7; }
    };

    paipa::pipeline p{paipa::step<throwing>("t"), {.quiet = true}};
    p.put_meta(0);
    p.finish();
    EXPECT_THROW(p.run(), int);
    EXPECT_EQ(p.failure()->where, "process_meta");
    expect_closed(p.report());
}

/// Small enough to lie in a `std::any` itself, so it moves when that does.
struct mover {
    mover() = default;

    mover(const mover&) = default;

    mover(mover&&) noexcept { ++moves; }

    mover& operator=(const mover&) = default;
    mover& operator=(mover&&) = default;
    ~mover() = default;

    static std::atomic<std::uint64_t> moves;
};

std::atomic<std::uint64_t> mover::moves = 0;

TEST(meta_entry, costs_the_same_however_many_wait) {
    paipa::pipeline p{paipa::step("a", [](int i) { return i; }) | paipa::step("end", [](int) {}),
                      {.quiet = true}};
    constexpr std::uint64_t many = 2000;
    for (std::uint64_t i = 0; i < many; ++i) {
        p.put_meta(mover());
    }
    p.finish();
    mover::moves = 0;
    p.run();
    EXPECT_GT(mover::moves, 0U);
    EXPECT_LE(mover::moves, 32 * many);
}

}  // namespace
