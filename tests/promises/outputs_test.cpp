#include "support.hpp"

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

// When the outputs of an item leave a step that makes many of one.

namespace {

using namespace promises;

constexpr int most_held = 1'048'576;

struct throws_once {
    std::atomic<int>* tries;
    int outputs;

    paipa::generator<int> operator()(const int& x) const {
        const bool fails = ++*tries == 1;
        return numbers_from(x, outputs, fails);
    }

    static paipa::generator<int> numbers_from(int x, int n, bool fails) {
        for (int i = 0; i < n; ++i) {
            co_yield x + i;
        }
        if (fails) {
            throw std::runtime_error("behind its outputs");
        }
    }
};

std::vector<int> results_of(const paipa::step_options& o) {
    std::atomic<int> tries = 0;
    std::vector<int> got;
    paipa::pipeline p{paipa::step("many", throws_once{&tries, 3}, o), {.quiet = true}};
    p.put(10);
    p.finish();
    for (const int x : p.results()) {
        got.push_back(x);
    }
    expect_closed(p.report());
    return got;
}

TEST(outputs, of_a_failed_try_do_not_leave_where_they_are_held) {
    EXPECT_EQ(results_of({.retry = {.attempts = 2}}), (std::vector{10, 11, 12}));
    EXPECT_EQ(results_of({.threads = 2, .retry = {.attempts = 2}, .ordered = true}),
              (std::vector{10, 11, 12}));
}

TEST(outputs, of_a_failed_try_have_left_where_they_leave_at_once) {
    constexpr auto at_once = paipa::outputs::at_once;
    EXPECT_EQ(results_of({.retry = {.attempts = 2}, .outputs = at_once}),
              (std::vector{10, 11, 12, 10, 11, 12}));
    EXPECT_EQ(results_of({.on_failure = paipa::failure_action::drop, .outputs = at_once}),
              (std::vector{10, 11, 12}));
}

/// Waits in the midst of an item until its first output has arrived behind the step.
template <class Options>
void expect_first_output_arrives(const Options& o) {
    gate arrived;
    bool in_time = false;
    const auto many = [&](const int& x) -> paipa::generator<int> {
        const auto body = [](int first, gate* g, bool* ok) -> paipa::generator<int> {
            co_yield first;
            *ok = g->wait();
            co_yield first;
        };
        return body(x, &arrived, &in_time);
    };
    paipa::pipeline<int> p{
        paipa::step("many", many, o) | paipa::step("next", [&](int) { arrived.open(); }),
        {.quiet = true}};
    p.start();
    p.put(1);
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.delivered, 2U);
    EXPECT_TRUE(in_time);
}

TEST(outputs, leave_in_the_midst_of_an_item_where_they_leave_at_once) {
    expect_first_output_arrives(paipa::step_options{.retry = {.attempts = 2},
                                                    .on_failure = paipa::failure_action::drop,
                                                    .outputs = paipa::outputs::at_once});
}

TEST(outputs, of_the_first_item_in_an_ordered_step_leave_in_its_midst) {
    expect_first_output_arrives(paipa::step_options{.threads = 2, .ordered = true});
    expect_first_output_arrives(paipa::step_options{.threads = 2,
                                                    .retry = {.attempts = 2},
                                                    .ordered = true,
                                                    .outputs = paipa::outputs::at_once});
}

const std::string too_many =
    "step 'many': outputs of one item: expected at most 1048576, which are held until the item has "
    "succeeded, got more; use .outputs = paipa::outputs::at_once, or make smaller items";

paipa::generator<int> by_value(int n) {
    for (int i = 0; i < n; ++i) {
        co_yield i;
    }
}

TEST(outputs, that_are_held_have_a_bound) {
    for (const bool ordered : {false, true}) {
        paipa::pipeline<int> p{paipa::step("many", by_value,
                                           {.threads = ordered ? 2U : 1U,
                                            .on_failure = paipa::failure_action::dead_letter,
                                            .ordered = ordered}) |
                                   paipa::step("next", [](int) {}),
                               {.quiet = true}};
        p.put_all({most_held, most_held + 1, 5});
        p.finish();
        const auto r = p.run();
        expect_closed(r);
        EXPECT_EQ(r.delivered, static_cast<std::uint64_t>(most_held) + 5);
        ASSERT_EQ(p.dead_letters().size(), 1U);
        EXPECT_EQ(p.dead_letters()[0].reason(), too_many);
    }
}

TEST(outputs, of_fused_steps_and_chains_have_the_same_bound) {
    paipa::pipeline<int> p{
        paipa::fuse(paipa::step("many", by_value, {.on_failure = paipa::failure_action::drop}),
                    paipa::step("next", [](int) {})),
        {.quiet = true}};
    p.put_all({most_held + 1, 5});
    p.finish();
    const auto r = p.run();
    EXPECT_EQ(r.delivered, 5U);
    EXPECT_EQ(r.dropped(), 1U);
    std::uint64_t passed = 0;
    auto chain = paipa::combine(
        std::vector{most_held, most_held + 1, 5},
        paipa::step("many", by_value, {.on_failure = paipa::failure_action::dead_letter}));
    for ([[maybe_unused]] const int x : chain) {
        ++passed;
    }
    EXPECT_EQ(passed, static_cast<std::uint64_t>(most_held) + 5);
    ASSERT_EQ(chain.dead_letters().size(), 1U);
    EXPECT_EQ(chain.dead_letters()[0].reason(), too_many);
}

TEST(outputs, that_leave_at_once_have_no_bound) {
    paipa::pipeline<int> p{paipa::step("many", by_value,
                                       {.on_failure = paipa::failure_action::dead_letter,
                                        .outputs = paipa::outputs::at_once}) |
                               paipa::step("next", [](int) {}),
                           {.quiet = true}};
    p.put(2'000'000);
    p.finish();
    EXPECT_EQ(p.run().delivered, 2'000'000U);
}

}  // namespace
