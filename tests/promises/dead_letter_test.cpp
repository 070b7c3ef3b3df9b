#include "support.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace promises;
using paipa::failure_action;

class dead_letters : public with_threads {};

PAIPA_WITH_THREADS(dead_letters);

TEST_P(dead_letters, carry_item_step_and_attempts) {
    paipa::pipeline p{
        paipa::step("first", [](const std::string& s) { return s; }) |
            paipa::step("second",
                        [n = 0](std::string s) mutable {
                            s += "?";
                            throw std::runtime_error("no " + s + " " + std::to_string(++n));
                            return s;
                        },
                        {.threads = threads(),
                         .retry = {.attempts = 3},
                         .on_failure = failure_action::dead_letter}),
        {.quiet = true}};
    p.put("one");
    p.put("two");
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.dead(), 2U);
    auto letters = p.dead_letters();
    ASSERT_EQ(letters.size(), 2U);
    std::sort(letters.begin(), letters.end(), [](const auto& a, const auto& b) {
        return *a.template item_as<std::string>() < *b.template item_as<std::string>();
    });
    EXPECT_EQ(*letters[0].item_as<std::string>(), "one");
    EXPECT_EQ(*letters[1].item_as<std::string>(), "two");
    EXPECT_EQ(letters[0].item_as<int>(), nullptr);
    for (const paipa::dead_letter& l : letters) {
        EXPECT_EQ(l.step, "second");
        EXPECT_LT(l.worker, threads());
        ASSERT_EQ(l.attempts.size(), 3U);
        EXPECT_EQ(l.reason(), l.attempts.back().what);
        EXPECT_TRUE(std::is_sorted(l.attempts.begin(), l.attempts.end(),
                                   [](auto& a, auto& b) { return a.when < b.when; }));
        for (const paipa::attempt_error& a : l.attempts) {
            EXPECT_THROW(std::rethrow_exception(a.error), std::runtime_error);
            EXPECT_TRUE(a.what.starts_with("no ")) << a.what;
        }
    }
    EXPECT_NE(r.text().find("2 dead"), std::string::npos) << r;
}

TEST_P(dead_letters, go_to_a_callback_where_there_is_one) {
    bag<int> letters;
    paipa::pipeline p{paipa::step("a", [](int x) { throw x; }, {.threads = threads()}),
                      {.quiet = true,
                       .on_failure = failure_action::dead_letter,
                       .dead_letter_callback = [&](const paipa::dead_letter& l) {
                           letters.add(*l.item_as<int>());
                       }}};
    p.put_iterable(numbers(0, 500));
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(letters.sorted(), numbers(0, 500));
    EXPECT_TRUE(p.dead_letters().empty());
    EXPECT_EQ(r.dead(), 500U);
}

/// A move-only item that a step looks at only stays whole, so it can be kept.
TEST_P(dead_letters, keep_move_only_items) {
    using item = std::unique_ptr<int>;
    paipa::pipeline<item> p{
        paipa::step("a", [](const item& x) { throw *x; },
                    {.threads = threads(), .on_failure = failure_action::dead_letter}),
        {.quiet = true}};
    for (const int x : numbers(0, 100)) {
        p.put(std::make_unique<int>(x));
    }
    p.finish();
    expect_closed(p.run());
    std::vector<int> kept;
    for (const paipa::dead_letter& l : p.dead_letters()) {
        kept.push_back(**l.item_as<item>());
    }
    std::sort(kept.begin(), kept.end());
    EXPECT_EQ(kept, numbers(0, 100));
}

}  // namespace
