#include <paipa/failure.hpp>
#include <paipa/fuse.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using paipa::fuse;
using paipa::step;

const paipa::pipeline_options quiet{.quiet = true};
const auto plus_one = [](int x) { return x + 1; };

/// Its moves and copies are counted, and one of them throws.
struct fragile {
    explicit fragile(int x) : value(x) {}

    fragile(fragile&& other) : value(other.value) { pass(); }

    fragile(const fragile& other) : value(other.value) { pass(); }

    fragile& operator=(const fragile&) = delete;
    fragile& operator=(fragile&&) = delete;
    ~fragile() = default;

    static void pass() {
        if (++moves == throws_at) {
            throw std::runtime_error("moved");
        }
    }

    static inline std::atomic<int> moves{0};
    static inline std::atomic<int> throws_at{0};
    int value;
};

paipa::generator<fragile> four(int) {
    for (int i = 0; i < 4; ++i) {
        co_yield fragile(i);
    }
}

/// Of an item with four outputs all go on or none, or else the run fails, and each at most once.
/// Returns how often the run failed between them.
int failures_half_way(paipa::step_options options, bool behind) {
    int half_way = 0;
    for (int at = 1; at < 40; ++at) {
        fragile::moves = 0;
        fragile::throws_at = at;
        std::atomic<int> got{0};
        const auto many = step("many", four, options);
        const auto sink = step("sink", [&got](const fragile&) { ++got; });
        const auto fails = [](const auto& flow) {
            paipa::pipeline<int> p{flow, quiet};
            p.put(1);
            p.finish();
            const std::string error = refusal<std::runtime_error>([&] { p.run(); });
            EXPECT_TRUE(p.report().balanced()) << p.report();
            return error != "nothing was thrown";
        };
        const bool failed =
            behind ? fails(fuse(step("one", plus_one), many) | sink) : fails(fuse(many, sink));
        EXPECT_TRUE(failed ? got <= 4 : got == 0 || got == 4) << "throws at move " << at;
        half_way += failed && got > 0 && got < 4 ? 1 : 0;
    }
    fragile::throws_at = 0;
    return half_way;
}

TEST(fuse, hands_on_what_an_item_made_once_or_fails) {
    EXPECT_GT(failures_half_way({.on_failure = paipa::failure_action::drop}, false), 0);
    EXPECT_GT(failures_half_way({.retry = {.attempts = 3}}, false), 0);
    failures_half_way({.on_failure = paipa::failure_action::drop}, true);  // the next may be idle
}

TEST(fuse, keeps_whole_what_a_step_takes_by_value_and_fails) {
    const auto text = [](int x) {
        return "a text that needs memory of its own, " + std::to_string(x);
    };
    const auto fail = [](std::string s) -> int {
        throw std::runtime_error(std::move(s));  // NOLINT(performance-unnecessary-value-param)
    };
    paipa::pipeline p{
        fuse(step("a", text), step("b", fail, {.on_failure = paipa::failure_action::dead_letter})),
        quiet};
    p.put_all({1, 2, 3});
    p.finish();
    p.run();
    ASSERT_EQ(p.dead_letters().size(), 3);
    for (int x = 1; const paipa::dead_letter& letter : p.dead_letters()) {
        ASSERT_NE(letter.item_as<std::string>(), nullptr);
        EXPECT_EQ(*letter.item_as<std::string>(), text(x++));
    }
}

}  // namespace
