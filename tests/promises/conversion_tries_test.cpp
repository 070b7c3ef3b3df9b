#include "support.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// Tries of an item that a class step converts: each begins with the item as it reached the step, or
// as the step gave it back.

namespace {

using namespace promises;
using paipa::failure_action;

/// Everything that comes out of a range.
template <class R>
std::vector<std::string> texts(R&& range) {
    std::vector<std::string> all;
    for (auto&& s : range) {
        all.push_back(std::forward<decltype(s)>(s));
    }
    return all;
}

/// Converts once for each call, if it may.
struct number {
    int n = 0;
    std::shared_ptr<std::atomic<int>> conversions = std::make_shared<std::atomic<int>>(0);
    int refusals = 0;

    operator std::string() const {
        if (++*conversions <= refusals) {
            throw std::runtime_error("does not convert");
        }
        return std::string(30, 'x') + std::to_string(n);
    }
};

/// Takes its item to pieces, and fails so many times.
struct failing final : paipa::abstract_step<std::string, std::string> {
    failing(int n, std::shared_ptr<std::atomic<int>> c) : failures(n), calls(std::move(c)) {}

    std::string process(std::string s) override {
        const std::string own = std::move(s);
        s.clear();
        if (++*calls <= failures) {
            throw std::runtime_error("no " + own);
        }
        return own;
    }

    int failures;
    std::shared_ptr<std::atomic<int>> calls;
};

auto calls() {
    return std::make_shared<std::atomic<int>>(0);
}

TEST(converted_tries, convert_anew) {
    for (const int refusals : {0, 1}) {
        const number x{.n = 7, .refusals = refusals};
        auto failures = calls();
        const auto flow = paipa::step<failing>("f", {.retry = {.attempts = 3}}, 1, failures);
        paipa::pipeline<number, std::string> p{flow, {.quiet = true}};
        p.put(x);
        p.finish();
        EXPECT_EQ(texts(p.results()), (std::vector{std::string(30, 'x') + "7"}));
        EXPECT_EQ(*x.conversions, 2 + refusals);
        EXPECT_EQ(p.report().steps[0].retries, 1U + static_cast<unsigned>(refusals));
        expect_closed(p.report());
        *failures = 0;
        *x.conversions = 0;
        auto chain = paipa::combine(std::vector{x}, flow);
        EXPECT_EQ(texts(chain), (std::vector{std::string(30, 'x') + "7"}));
        EXPECT_EQ(*x.conversions, 2 + refusals);
    }
}

TEST(converted_tries, end_with_a_dead_letter_of_the_item_as_it_reached_the_step) {
    for (const int refusals : {0, 9}) {
        const auto flow = paipa::step<failing>(
            "f", {.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter}, 9, calls());
        const auto check = [&](const auto& run) {
            const auto letters = run.dead_letters();
            ASSERT_EQ(letters.size(), 1U);
            ASSERT_NE(letters[0].template item_as<number>(), nullptr);
            EXPECT_EQ(letters[0].template item_as<number>()->n, 7);
            EXPECT_EQ(letters[0].template item_as<std::string>(), nullptr);
            EXPECT_EQ(letters[0].attempts.size(), 2U);
        };
        paipa::pipeline<number> p{flow, {.quiet = true}};
        p.put({.n = 7, .refusals = refusals});
        p.finish();
        expect_closed(p.run());
        check(p);
        auto chain = paipa::combine(std::vector{number{.n = 7, .refusals = refusals}}, flow);
        paipa::consume(chain);
        check(chain);
    }
}

/// Takes a text's memory.
struct line {
    line(std::string s) : text(std::move(s)) {}

    std::string text;
};

struct refusing final : paipa::abstract_step<line> {
    void process(line l) override { throw std::runtime_error(l.text); }
};

TEST(converted_tries, leave_the_item_whole) {
    const auto flow = paipa::step<refusing>(
        "f", {.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter});
    const std::string text(40, 'a');
    const auto check = [&](const auto& run) {
        const auto letters = run.dead_letters();
        ASSERT_EQ(letters.size(), 1U);
        ASSERT_NE(letters[0].template item_as<std::string>(), nullptr);
        EXPECT_EQ(*letters[0].template item_as<std::string>(), text);
        EXPECT_EQ(letters[0].reason(), text);
    };
    paipa::pipeline<std::string> p{flow, {.quiet = true}};
    p.put(text);
    p.finish();
    expect_closed(p.run());
    check(p);
    auto chain = paipa::combine(std::vector{text}, flow);
    paipa::consume(chain);
    check(chain);
}

/// Gives each item back once, as the text that it has become; then fails so many times.
struct later final : paipa::abstract_step<std::string, std::string> {
    explicit later(int n) : failures(n) {}

    std::string process(std::string s) override {
        if (!s.starts_with("again ")) {
            self().requeue("again " + std::move(s));
            throw paipa::skip_entry{};
        }
        if (failures-- > 0) {
            throw std::runtime_error("no " + std::move(s));
        }
        return s;
    }

    int failures;
};

class converted : public with_threads {};

PAIPA_WITH_THREADS(converted);

TEST_P(converted, items_are_given_back_as_what_they_have_become) {
    const auto flow = paipa::step<later>(
        "later", {.threads = threads(), .retry = {.attempts = 9}, .ordered = true}, 1);
    std::vector<number> all;
    std::vector<std::string> expected;
    for (int i = 0; i < 100; ++i) {
        all.push_back({.n = i});
        expected.push_back("again " + std::string(all.back()));
    }
    paipa::pipeline<number, std::string> p{flow, {.quiet = true}};
    p.put_all(all);
    p.finish();
    EXPECT_EQ(texts(p.results()), expected);
    const auto r = p.report();
    expect_closed(r);
    EXPECT_GE(r.steps[0].retries, 1U);
    EXPECT_LE(r.steps[0].retries, threads());
    EXPECT_EQ(texts(paipa::combine(all, flow)), expected);
}

TEST(converted_tries, end_with_a_dead_letter_of_the_item_as_it_was_given_back) {
    const auto flow = paipa::step<later>(
        "later", {.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter}, 9);
    const std::string expected = "again " + std::string(number{.n = 7});
    const auto check = [&](const auto& run) {
        const auto letters = run.dead_letters();
        ASSERT_EQ(letters.size(), 1U);
        ASSERT_NE(letters[0].template item_as<std::string>(), nullptr);
        EXPECT_EQ(*letters[0].template item_as<std::string>(), expected);
        EXPECT_EQ(letters[0].attempts.size(), 2U);
    };
    paipa::pipeline<number> p{flow, {.quiet = true}};
    p.put({.n = 7});
    p.finish();
    expect_closed(p.run());
    check(p);
    auto chain = paipa::combine(std::vector{number{.n = 7}}, flow);
    paipa::consume(chain);
    check(chain);
}

TEST(converted_tries, of_an_item_that_was_given_back_end_with_a_cancel) {
    paipa::pipeline<number> p{
        paipa::step<later>("later", {.retry = {.attempts = 9, .delay = 1h}}, 9), {.quiet = true}};
    p.start();
    p.put({.n = 7});
    EXPECT_TRUE(eventually([&] { return p.report().steps[0].inside == 1; }));
    p.cancel();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.abandoned(), 1U);
}

/// Gives each item back once, while it makes many of one.
struct spelt final
    : paipa::abstract_step<const std::string&, std::string, paipa::generator<std::string>> {
    paipa::generator<std::string> process(const std::string& s) override {
        if (!s.starts_with("again ")) {
            self().requeue("again " + s);
            co_return;
        }
        for (const char c : s.substr(6)) {
            co_yield std::string(1, c);
        }
    }
};

TEST(converted_tries, of_an_item_that_was_given_back_may_make_many_of_it) {
    const std::vector<const char*> all{"a text", "another one"};
    const auto flow = paipa::step<spelt>("spell");
    std::string expected;
    for (const char* const text : all) {
        expected += text;
    }
    const auto joined = [](const std::vector<std::string>& parts) {
        std::string text;
        for (const std::string& part : parts) {
            text += part;
        }
        return text;
    };
    EXPECT_EQ(joined(texts(paipa::stream(all, flow, {.quiet = true}))), expected);
    EXPECT_EQ(joined(texts(paipa::combine(all, flow))), expected);
}

}  // namespace
