#include <paipa/abstract_step.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/testing/collector.hpp>

#include <gtest/gtest.h>

#include <any>
#include <optional>
#include <string>
#include <vector>

namespace {

/// Writes down which hook ran, and emits from each.
class telling final : public paipa::abstract_step<int, std::string, void> {
public:
    telling(std::vector<std::string>* log, std::string name) : log_(log), name_(std::move(name)) {}

    void step_initialize() override { tell("step_initialize"); }

    void initialize() override { tell("initialize"); }

    void thread_initialize() override { tell("thread_initialize"); }

    void process(int item) override { tell("process " + std::to_string(item)); }

    std::any process_meta(std::any meta) override {
        tell("meta");
        return meta;
    }

    void thread_shutdown() override { tell("thread_shutdown"); }

    void step_shutdown() override { tell("step_shutdown"); }

private:
    void tell(const std::string& hook) {
        log_->push_back(hook);
        emit(name_ + " " + hook);
    }

    std::vector<std::string>* log_;  // one worker, one after the other
    std::string name_;
};

TEST(abstract_step, runs_every_hook_once_and_emits_from_each) {
    std::vector<std::string> log;
    paipa::testing::collector<std::string> out;
    auto flow = paipa::step<telling>("t", {.capacity = 1}, &log, std::string("x")) |
                paipa::step("out", out, {.capacity = 1});
    paipa::pipeline p{flow, {.quiet = true}};
    p.put(1);
    p.put_meta(5);
    p.put(2);
    p.finish();
    EXPECT_TRUE(p.run().balanced());
    const std::vector<std::string> hooks{"step_initialize", "initialize",   "thread_initialize",
                                         "process 1",       "meta",         "process 2",
                                         "thread_shutdown", "step_shutdown"};
    EXPECT_EQ(log, hooks);
    ASSERT_EQ(out.size(), hooks.size());
    for (std::size_t i = 0; i < hooks.size(); ++i) {
        EXPECT_EQ(out.items()[i], "x " + hooks[i]);
    }
}

class halving final : public paipa::abstract_step<int, int, std::optional<int>> {
public:
    std::optional<int> process(int item) override {
        return item % 2 == 0 ? std::optional(item / 2) : std::nullopt;
    }
};

TEST(abstract_step, skips_at_nullopt) {
    paipa::testing::collector<int> out;
    paipa::pipeline p{paipa::step<halving>("half") | paipa::step("out", out), {.quiet = true}};
    p.put_all({1, 2, 3, 4});
    p.finish();
    EXPECT_EQ(p.run().skipped(), 2);
    EXPECT_EQ(out.items(), (std::vector<int>{1, 2}));
}

class eager final : public paipa::abstract_step<int, int> {
public:
    eager() { emit(1); }

    int process(int item) override { return item; }
};

TEST(abstract_step, refuses_to_emit_from_its_constructor) {
    paipa::pipeline p{paipa::step<eager>("eager"), {.quiet = true}};
    p.finish();
    try {
        p.run();
        FAIL();
    } catch (const paipa::state_error& e) {
        EXPECT_STREQ(e.what(), "abstract_step::emit: expected a running step, got a constructor");
    }
}

}  // namespace
