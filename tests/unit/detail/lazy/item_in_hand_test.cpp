#include <paipa/abstract_step.hpp>
#include <paipa/detail/lazy/item_in_hand.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>
#include <paipa/step.hpp>

#include "../items_case.hpp"
#include "cursor_case.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// The item that a step on the caller's thread works at, seen through its step.

namespace {

using paipa::failure_action;
using texts = std::vector<std::string>;

const std::string long_text = "a text that is too long for the string itself";

TEST(item_in_hand, is_whole_in_each_try) {
    texts seen;
    const auto third_time = [&seen](std::string s) {
        seen.push_back(std::move(s));
        return seen.size() == 3 ? 1 : throw std::runtime_error("try again");
    };
    lone_step step(paipa::step("a", third_time, {.retry = {.attempts = 3}}),
                   cursor_over(texts{long_text}));
    EXPECT_EQ(pulled(step.outputs()), std::vector{1});
    EXPECT_EQ(seen, texts(3, long_text));
}

TEST(item_in_hand, may_be_consumed_where_there_is_one_try) {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(1));
    boxes.push_back(std::make_unique<int>(2));
    lone_step step(paipa::step("a", [](std::unique_ptr<int> b) { return b; }),
                   cursor_over(std::move(boxes)));
    const auto all = pulled(step.outputs());
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(*all[1], 2);
}

/// Notes which try of which item it makes; the item "bad" fails.
struct trying : paipa::abstract_step<const std::string&, std::string> {
    explicit trying(texts* to) : tries(to) {}

    std::string process(const std::string& s) override {
        tries->push_back(s + std::to_string(self().attempt()));
        return s != "bad" ? s : throw std::runtime_error(tries->back());
    }

    texts* tries;
};

const paipa::step_options two_tries_then_kept{
    .retry = {.attempts = 2}, .on_failure = failure_action::dead_letter, .ordered = true};

TEST(item_in_hand, knows_how_often_it_has_been_tried) {
    texts tries;
    lone_step step(paipa::step<trying>("a", two_tries_then_kept, &tries),
                   cursor_over(texts{"x", "bad", "y"}));
    EXPECT_EQ(pulled(step.outputs()), (texts{"x", "y"}));
    EXPECT_EQ(tries, (texts{"x1", "bad1", "bad2", "y1"}));
}

TEST(item_in_hand, is_kept_with_all_its_tries_when_it_is_given_up) {
    texts tries;
    lone_step step(paipa::step<trying>("a", two_tries_then_kept, &tries),
                   cursor_over(texts{"bad"}));
    EXPECT_TRUE(pulled(step.outputs()).empty());
    ASSERT_EQ(step.run.dead_letters().size(), 1U);
    const paipa::dead_letter& letter = step.run.dead_letters()[0];
    ASSERT_NE(letter.item_as<std::string>(), nullptr);
    EXPECT_EQ(*letter.item_as<std::string>(), "bad");
    ASSERT_EQ(letter.attempts.size(), 2U);
    EXPECT_EQ(letter.attempts[0].what, "bad1");
    EXPECT_EQ(letter.attempts[1].what, "bad2");
}

/// Converts to what the step takes, but lies in memory as something else.
struct parcel {
    operator std::string() const { return text; }

    int number;
    std::string text;
};

/// Gives an item back in another text, at which it fails or not.
struct giving_back : paipa::abstract_step<std::string, std::string, void> {
    void process(std::string s) override {
        if (s == "fails again") {
            throw std::runtime_error("failed");
        }
        if (s.ends_with("again")) {
            emit(s);
        } else {
            self().requeue(s + " again");
        }
    }
};

TEST(item_in_hand, may_come_back_as_another_type) {
    lone_step step(paipa::step<giving_back>("a"),
                   cursor_over(std::vector<parcel>{{1, "first"}, {2, "second"}}));
    EXPECT_EQ(pulled(step.outputs()), (texts{"first again", "second again"}));
    EXPECT_EQ(step.row().finished, 2U);
}

TEST(item_in_hand, is_kept_as_what_the_step_gave_back) {
    lone_step step(paipa::step<giving_back>("a", {.on_failure = failure_action::dead_letter}),
                   cursor_over(std::vector<parcel>{{1, "fails"}}));
    EXPECT_TRUE(pulled(step.outputs()).empty());
    ASSERT_EQ(step.run.dead_letters().size(), 1U);
    const paipa::dead_letter& letter = step.run.dead_letters()[0];
    ASSERT_NE(letter.item_as<std::string>(), nullptr);
    EXPECT_EQ(*letter.item_as<std::string>(), "fails again");
    EXPECT_EQ(letter.item_as<parcel>(), nullptr);
}

TEST(item_in_hand, ends_when_the_step_is_through_with_it) {
    tokens() = {};
    {
        std::vector<token> all;
        all.reserve(2);
        all.emplace_back(1);
        all.emplace_back(2);
        lone_step step(paipa::step("a", [](const token& t) { return t.number; }),
                       cursor_over(std::move(all)));
        auto outputs = step.outputs();
        ASSERT_TRUE(outputs.next());
        EXPECT_EQ(outputs.item(), 1);
        EXPECT_EQ(tokens().living.size(), 2U);  // those in the vector
    }
    EXPECT_TRUE(tokens().living.empty());
    EXPECT_EQ(tokens().faults, 0U);
}

}  // namespace
