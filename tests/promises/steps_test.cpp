#include "support.hpp"

#include <algorithm>
#include <atomic>
#include <concepts>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace promises;

class steps : public with_threads {
protected:
    template <class Flow>
    static auto results_of(const Flow& flow, std::vector<int> input) {
        paipa::pipeline<int, typename Flow::template output<int>> p{flow, {.quiet = true}};
        p.put_iterable(std::move(input));
        std::vector<typename Flow::template output<int>> got;
        for (auto&& x : p.results()) {
            got.push_back(std::move(x));
        }
        std::sort(got.begin(), got.end());
        expect_closed(p.report());
        EXPECT_EQ(p.count(), got.size());
        return got;
    }
};

PAIPA_WITH_THREADS(steps);

TEST_P(steps, of_a_function_in_all_four_forms) {
    std::atomic<int> sum = 0;
    paipa::pipeline p{
        paipa::step("value", [](int x) { return x + 1; }, {.threads = threads()}) |
            paipa::step("maybe", [](int x) { return x % 2 == 0 ? std::optional(x) : std::nullopt; },
                        {.threads = threads()}) |
            paipa::step("many",
                        [](int x) -> paipa::generator<int> {
                            co_yield x;
                            co_yield 1'000 * x;
                        },
                        {.threads = threads()}) |
            paipa::step("nothing", [&](int x) { sum += x; }, {.threads = threads()}),
        {.quiet = true}};
    p.put_iterable(numbers(0, 100));
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(sum, 2'550 + 2'550'000);
    EXPECT_EQ(r.skipped(), 50U);
    EXPECT_EQ(p.count(), 100U);
}

TEST_P(steps, of_a_class_in_all_forms_of_result) {
    struct value final : paipa::abstract_step<int, int> {
        int process(int x) override { return x; }
    };

    struct maybe final : paipa::abstract_step<int, int, std::optional<int>> {
        std::optional<int> process(int x) override {
            return x % 2 == 0 ? std::optional(x) : std::nullopt;
        }
    };

    struct many final : paipa::abstract_step<int, int, paipa::generator<int>> {
        paipa::generator<int> process(int x) override {
            co_yield x;
            co_yield x;
        }
    };

    struct emits final : paipa::abstract_step<int, int, void> {
        void process(int x) override {
            emit(x);
            emit(-x);
        }
    };

    const paipa::step_options o{.threads = threads()};
    const auto got = results_of(paipa::step<value>("value", o) | paipa::step<maybe>("maybe", o) |
                                    paipa::step<many>("many", o) | paipa::step<emits>("emits", o),
                                numbers(0, 4));
    EXPECT_EQ(got, (std::vector<int>{-2, -2, 0, 0, 0, 0, 2, 2}));
}

TEST_P(steps, of_stock_by_name_and_by_themselves) {
    const paipa::step_options o{.threads = threads()};
    const auto got = results_of(
        paipa::map([](int x) { return x + 1; }) |
            paipa::step("even", paipa::filter([](int x) { return x % 2 == 0; }), o) |
            paipa::flat_map([](int x) { return std::vector<int>{x, x + 1}; }) |
            paipa::step("same", paipa::identity(), o) | paipa::step("chunk", paipa::chunk(3), o) |
            paipa::chunk(2) | paipa::step("flat", paipa::recursive_flatten(), o) | paipa::chunk(5) |
            paipa::flatten(),
        numbers(1, 100));
    EXPECT_EQ(got, numbers(2, 102));
}

TEST_P(steps, of_chunk_lose_nothing_and_make_no_empty_one) {
    const auto got =
        results_of(paipa::step("chunk", paipa::chunk(7), {.threads = threads()}), numbers(0, 100));
    std::vector<int> all;
    std::size_t full = 0;
    for (const auto& chunk : got) {
        EXPECT_FALSE(chunk.empty());
        EXPECT_LE(chunk.size(), 7U);
        full += chunk.size() == 7 ? 1U : 0U;
        all.insert(all.end(), chunk.begin(), chunk.end());
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, numbers(0, 100));
    EXPECT_LE(got.size() - full, threads());  // a shorter one per worker at most
}

TEST_P(steps, of_timed_chunk_bring_every_item_out) {
    const auto got =
        results_of(paipa::step("chunk", paipa::timed_chunk({.size = 7, .timeout = 24h}),
                               {.threads = threads()}) |
                       paipa::flatten(),
                   numbers(0, 500));
    EXPECT_EQ(got, numbers(0, 500));
}

using item = std::unique_ptr<int>;

struct passing final : paipa::abstract_step<item, item> {
    item process(item x) override { return x; }
};

struct emitting final : paipa::abstract_step<item, item, void> {
    void process(item x) override { emit(std::move(x)); }
};

TEST_P(steps, of_every_kind_take_move_only_items) {
    const paipa::step_options o{.threads = threads()};
    const paipa::step_options ordered{.threads = threads(), .ordered = true};
    bag<int> seen;
    const auto flow =
        paipa::step(
            "value", [](item x) { return x; }, o) |
        paipa::step(
            "maybe", [](item x) { return std::optional(std::move(x)); }, ordered) |
        paipa::step(
            "many", [](item x) -> paipa::generator<item> { co_yield std::move(x); }, ordered) |
        paipa::step<passing>("class", o) | paipa::step<emitting>("emits", o) |
        paipa::iter_step(
            "iter",
            [](paipa::generator<item> in) -> paipa::generator<item> {
                for (item&& x : in) {
                    co_yield std::move(x);
                }
            },
            o) |
        paipa::map([](item x) { return x; }) |
        paipa::step("filter", paipa::filter([](const item& x) { return *x >= 0; }), o) |
        paipa::step("flat_map", paipa::flat_map([](item x) {
                        std::vector<item> v;
                        v.push_back(std::move(x));
                        return v;
                    }),
                    o) |
        paipa::step("identity", paipa::identity(), o) | paipa::step("chunk", paipa::chunk(3), o) |
        paipa::step("flatten", paipa::flatten(), o) |
        paipa::step("timed_chunk", paipa::timed_chunk({.size = 3, .timeout = 24h}), o) |
        paipa::step("recursive_flatten", paipa::recursive_flatten(), o) |
        paipa::step("retried", [](const item& x) { return std::make_unique<int>(*x); },
                    {.threads = threads(), .retry = {.attempts = 2}}) |
        paipa::step("end", [&](item x) { seen.add(*x); }, o);
    paipa::pipeline<item> p{flow, {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 300) |
                   std::views::transform([](int x) { return std::make_unique<int>(x); }));
    expect_closed(p.run());
    EXPECT_EQ(seen.sorted(), numbers(0, 300));
}

/// No default constructor, no assignment, a move that may throw, wide alignment, a large size.
struct alignas(64) awkward {
    explicit awkward(int x) : value(x) {}

    awkward(const awkward&) = delete;
    awkward& operator=(const awkward&) = delete;
    awkward& operator=(awkward&&) = delete;

    awkward(awkward&& other) noexcept(false) : value(other.value) { other.value = -1; }

    ~awkward() = default;

    int value;
    char ballast[100'000] = {};
};

TEST_P(steps, take_awkward_items) {
    bag<int> seen;
    paipa::pipeline<awkward> p{
        paipa::step("a", [](awkward x) { return x; }, {.threads = threads(), .ordered = true}) |
            paipa::iter_step("b",
                             [](paipa::generator<awkward> in) -> paipa::generator<awkward> {
                                 for (awkward&& x : in) {
                                     co_yield std::move(x);
                                 }
                             }) |
            paipa::step("c", [&](const awkward& x) { seen.add(x.value); }),
        {.quiet = true, .capacity = 8}};
    for (const int x : numbers(0, 20)) {
        p.put(awkward(x));
    }
    p.finish();
    expect_closed(p.run());
    EXPECT_EQ(seen.sorted(), numbers(0, 20));
}

/// Its bytes may be copied, but what moves it may throw: it travels in a box.
struct boxed_bytes {
    explicit boxed_bytes(int x) : value(x) {}

    boxed_bytes(const boxed_bytes&) = default;

    template <std::same_as<boxed_bytes> T>
    boxed_bytes(T&& other) noexcept(false) : value(other.value) {}

    int value;
};

TEST_P(steps, retry_and_bury_items_whose_box_must_not_be_copied) {
    static_assert(std::is_trivially_copyable_v<boxed_bytes>);
    static_assert(!std::is_nothrow_move_constructible_v<boxed_bytes>);
    bag<int> seen;
    const auto fail_odd = [](const boxed_bytes& x) {
        return x.value % 2 == 1 ? throw x.value : boxed_bytes(x);
    };
    paipa::pipeline<boxed_bytes> p{
        paipa::step("a", fail_odd,
                    {.threads = threads(),
                     .retry = {.attempts = 3},
                     .on_failure = paipa::failure_action::dead_letter}) |
            paipa::step("b", [&](const boxed_bytes& x) { seen.add(x.value); }),
        {.quiet = true}};
    for (const int x : numbers(0, 40)) {
        p.put(boxed_bytes(x));
    }
    p.finish();
    expect_closed(p.run());
    EXPECT_EQ(seen.items().size(), 20U);
    std::vector<int> dead;
    for (const paipa::dead_letter& letter : p.dead_letters()) {
        dead.push_back(letter.item_as<boxed_bytes>()->value);
    }
    std::sort(dead.begin(), dead.end());
    EXPECT_EQ(dead.size(), 20U);
    EXPECT_EQ(dead.front(), 1);
    EXPECT_EQ(dead.back(), 39);
}

TEST_P(steps, own_a_copy_of_their_callable_per_worker) {
    struct counting {
        int operator()(int x) {
            ++mine;
            return x;
        }

        explicit counting(std::atomic<int>* s) : sum(s) {}

        counting(const counting& c) : sum(c.sum) {}

        counting& operator=(const counting&) = delete;

        ~counting() { *sum += mine; }

        std::atomic<int>* sum;
        int mine = 0;  // no atomic: nobody else touches it
    };

    std::atomic<int> sum = 0;
    {
        paipa::pipeline p{paipa::step("a", counting(&sum), {.threads = threads()}),
                          {.quiet = true}};
        p.put_iterable(numbers(0, 1'000));
        expect_closed(p.run());
    }
    EXPECT_EQ(sum, 1'000);
}

TEST_P(steps, feed_results_with_back_pressure) {
    std::atomic<int> made = 0;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) {
                                      ++made;
                                      return x;
                                  },
                                  {.threads = threads()}),
                      {.quiet = true, .capacity = 2}};
    p.put_iterable(std::views::iota(0, 1'000));
    int read = 0;
    int most = 0;
    for ([[maybe_unused]] const int x : p.results()) {
        ++read;
        most = std::max(most, made - read);
    }
    EXPECT_EQ(read, 1'000);
    EXPECT_LE(most, static_cast<int>(2 + 2 + threads()));
    expect_closed(p.report());
}

TEST_P(steps, go_on_when_the_loop_over_results_is_left_early) {
    paipa::pipeline p{paipa::step("a", [](int x) { return x; }, {.threads = threads()}),
                      {.quiet = true, .capacity = 2}};
    p.put_iterable(numbers(0, 1'000));
    std::vector<int> got;
    for (const int x : p.results()) {
        got.push_back(x);
        if (got.size() == 10) {
            break;
        }
    }
    EXPECT_TRUE(p.alive());
    for (const int x : p.results()) {  // takes up where the first one stopped
        got.push_back(x);
        if (got.size() == 20) {
            break;
        }
    }
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(r.delivered, 1'000U);
    EXPECT_EQ(r.results_unread, 980U);
    std::sort(got.begin(), got.end());
    EXPECT_EQ(std::unique(got.begin(), got.end()), got.end());
}

TEST(step, results_may_be_dropped) {
    paipa::pipeline<int> p{paipa::step("a", [](int x) { return std::to_string(x); }),
                           {.quiet = true, .capacity = 1}};
    p.put_iterable(numbers(0, 1'000));
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(p.count(), 1'000U);
    EXPECT_EQ(r.results_unread, 0U);
}

}  // namespace
