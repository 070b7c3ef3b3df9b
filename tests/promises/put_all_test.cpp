#include "support.hpp"

#include <array>
#include <atomic>
#include <list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace promises;

class put_all : public with_threads {};

PAIPA_WITH_THREADS(put_all);

template <class In>
class puts {
public:
    template <class R>
    static std::vector<In> through(std::size_t threads, R&& items) {
        bag<In> seen;
        paipa::pipeline p{paipa::step("a", [&](const In& x) { seen.add(x); }, {.threads = threads}),
                          {.quiet = true, .capacity = 3}};
        p.start();
        p.put_all(std::forward<R>(items));
        expect_closed(p.stop());
        return seen.sorted();
    }
};

TEST_P(put_all, of_every_kind_of_range) {
    const auto ints = [](auto&& items) {
        return puts<int>::through(threads(), std::forward<decltype(items)>(items));
    };
    const std::vector<int> many = numbers(0, 5'000);
    EXPECT_EQ(ints(many), many);
    EXPECT_EQ(ints(std::vector<int>(many)), many);
    EXPECT_EQ(ints(std::span(many).first(7)), numbers(0, 7));
    EXPECT_EQ(ints(std::to_array<short>({1, 2})), numbers(1, 3));
    EXPECT_EQ(ints(std::list<int>{1, 2}), numbers(1, 3));
    EXPECT_EQ(ints(std::vector<int>{}), numbers(0, 0));
    int row[] = {1, 2, 3};
    EXPECT_EQ(ints(row), numbers(1, 4));
    EXPECT_EQ(puts<bool>::through(threads(), std::array<bool, 3>{true, false, true}),
              (std::vector<bool>{false, true, true}));
    const std::vector<std::string> words(500, std::string(100, 'x'));
    EXPECT_EQ(puts<std::string>::through(threads(), words), words);
    EXPECT_EQ(puts<std::string>::through(threads(), std::vector<std::string>(words)), words);
    EXPECT_EQ(puts<std::string>::through(threads(), std::array<const char*, 2>{"a", "b"}),
              (std::vector<std::string>{"a", "b"}));
}

TEST_P(put_all, keeps_the_order_of_each_thread) {
    std::vector<std::pair<int, int>> seen;
    paipa::pipeline p{paipa::step("a", [&](std::pair<int, int> x) { seen.push_back(x); }),
                      {.quiet = true, .capacity = 16}};
    p.start();
    std::vector<std::thread> producers;
    for (int t = 0; t < static_cast<int>(threads()); ++t) {
        producers.emplace_back([&p, t] {
            std::vector<std::pair<int, int>> mine;
            for (int i = 0; i < 1'000; ++i) {
                mine.emplace_back(t, i);
            }
            p.put_all(mine);
        });
    }
    for (auto& t : producers) {
        t.join();
    }
    expect_closed(p.stop());
    EXPECT_EQ(seen.size(), 1'000 * threads());
    std::vector<int> next(threads(), 0);
    for (const auto& [t, i] : seen) {
        EXPECT_EQ(i, next.at(static_cast<std::size_t>(t))++);
    }
}

/// What was refused is still the caller's, in a container that was given up, too.
TEST_P(put_all, leaves_what_is_refused) {
    gate blocked;
    paipa::pipeline p{
        paipa::step("a", [&](const std::string&) { blocked.wait(); }, {.threads = threads()}),
        {.quiet = true, .capacity = 4}};
    p.start();
    std::vector<std::string> words(100, std::string(100, 'x'));
    std::string said;
    std::thread producer(
        [&] { said = refusal<paipa::closed_error>([&] { p.put_all(std::move(words)); }); });
    EXPECT_TRUE(eventually([&] { return p.report().edges[0].pushed == 4 + threads(); }));
    p.cancel();
    blocked.open();
    producer.join();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_NE(said.find("put: no more items are taken: the run was cancelled"), std::string::npos)
        << said;
    ASSERT_EQ(r.edges[0].pushed, 4 + threads());
    for (std::size_t i = 0; i < words.size(); ++i) {
        EXPECT_EQ(words[i].size(), i < 4 + threads() ? 0U : 100U) << i;
    }
}

struct fragile {
    int value = 0;

    explicit fragile(int v) : value(v) {
        if (v < 0) {
            throw std::runtime_error("below zero");
        }
    }
};

TEST_P(put_all, has_put_what_was_made_before_one_threw) {
    bag<int> seen;
    paipa::pipeline p{
        paipa::step("a", [&](const fragile& x) { seen.add(x.value); }, {.threads = threads()}),
        {.quiet = true}};
    std::vector<int> values = numbers(0, 3'000);
    values[2'999] = -1;
    p.start();
    EXPECT_THROW(p.put_all(values), std::runtime_error);
    expect_closed(p.stop());
    EXPECT_EQ(seen.sorted(), numbers(0, 2'999));
}

/// What an item is made of may have to come from the one before.
TEST_P(put_all, makes_one_item_at_a_time) {
    static std::atomic<int> alive;
    static std::atomic<int> most;

    class counted {
    public:
        explicit counted(int) {
            const int now = ++alive;
            int before = most;
            while (before < now && !most.compare_exchange_weak(before, now)) {
            }
        }

        counted(counted&& other) noexcept : here_(std::exchange(other.here_, false)) {}

        counted(const counted&) = delete;
        counted& operator=(const counted&) = delete;
        counted& operator=(counted&&) = delete;

        ~counted() { alive -= here_ ? 1 : 0; }

    private:
        bool here_ = true;
    };

    alive = most = 0;
    paipa::pipeline p{paipa::step("a", [](const counted&) {}, {.threads = threads()}),
                      {.quiet = true, .capacity = 1}};
    p.start();
    p.put_all(numbers(0, 1'000));
    expect_closed(p.stop());
    EXPECT_EQ(alive, 0);
    EXPECT_LE(most, static_cast<int>(2 + threads()));
}

/// Its address is not what `&` says.
class addressless {
public:
    explicit addressless(int v) : value_(std::make_unique<int>(v)) {}

    int* operator&() { return value_.get(); }

    [[nodiscard]] int value() const { return *value_; }

private:
    std::unique_ptr<int> value_;
};

TEST_P(put_all, of_items_with_an_operator_for_their_address) {
    bag<int> seen;
    paipa::pipeline p{paipa::step("a", [&](const addressless& x) { seen.add(x.value()); },
                                  {.threads = threads()}),
                      {.quiet = true}};
    p.start();
    p.put(addressless(0));
    std::vector<addressless> more;
    more.emplace_back(1);
    more.emplace_back(2);
    p.put_all(std::move(more));
    expect_closed(p.stop());
    EXPECT_EQ(seen.sorted(), numbers(0, 3));
}

TEST(put_all_inside, of_a_step_is_refused_where_it_would_wait) {
    std::string said;
    std::atomic<bool> first = true;
    bag<int> seen;
    std::unique_ptr<paipa::pipeline<int>> p;
    p = std::make_unique<paipa::pipeline<int>>(
        paipa::step("a",
                    [&](int x) {
                        seen.add(x);
                        if (first.exchange(false)) {
                            said = refusal<paipa::state_error>([&] { p->put_all(numbers(1, 11)); });
                        }
                    }),
        paipa::pipeline_options{.quiet = true, .capacity = 4});
    p->start();
    p->put(0);
    EXPECT_TRUE(eventually([&] { return p->count() == 5; }));
    expect_closed(p->stop());
    EXPECT_EQ(seen.sorted(), numbers(0, 5));
    EXPECT_NE(said.find("put: expected room in the intake, got a full one"), std::string::npos)
        << said;
}

}  // namespace
