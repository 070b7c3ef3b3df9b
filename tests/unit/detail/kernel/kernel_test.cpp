#include <paipa/abstract_step.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>

#include "one_worker.hpp"

#include <gtest/gtest.h>

#include <any>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::generator;
using paipa::detail::class_kernel;
using paipa::detail::function_kernel;
using paipa::detail::outcome;

const std::string long_text = "a text that is too long for the string itself";

template <class T, class F>
function_kernel<F, T> kernel_of(F f) {
    return function_kernel<F, T>(f);
}

TEST(function_kernel, hands_on_what_the_function_returns) {
    auto k = kernel_of<int>([](int x) { return x + 1; });
    sink<int> out;
    int item = 1;
    EXPECT_EQ(k.process(item, false, out), outcome::finished);
    EXPECT_EQ(out.all, std::vector<int>{2});
}

TEST(function_kernel, skips_an_item_at_nullopt) {
    auto k = kernel_of<int>([](int x) { return x > 0 ? std::optional(x) : std::nullopt; });
    sink<int> out;
    int good = 1;
    int bad = -1;
    EXPECT_EQ(k.process(good, false, out), outcome::finished);
    EXPECT_EQ(k.process(bad, false, out), outcome::skipped);
    EXPECT_EQ(out.all, std::vector<int>{1});
}

TEST(function_kernel, calls_a_function_that_returns_nothing) {
    int seen = 0;
    auto k = kernel_of<int>([&seen](int x) { seen = x; });
    sink<int> out;
    int item = 3;
    EXPECT_EQ(k.process(item, false, out), outcome::finished);
    EXPECT_EQ(seen, 3);
}

generator<int> three_times(int x) {
    for (int i = 0; i < 3; ++i) {
        co_yield x + i;
    }
}

TEST(function_kernel, hands_on_many_outputs_until_nobody_wants_more) {
    auto k = kernel_of<int>(three_times);
    sink<int> all;
    int item = 5;
    EXPECT_EQ(k.process(item, false, all), outcome::finished);
    EXPECT_EQ(all.all, (std::vector<int>{5, 6, 7}));
    sink<int> two{.most = 2};
    EXPECT_EQ(k.process(item, false, two), outcome::abandoned);
    EXPECT_EQ(two.all, (std::vector<int>{5, 6}));
}

TEST(function_kernel, opens_the_outputs_of_an_item_to_be_pulled) {
    auto k = kernel_of<int>(three_times);
    int item = 1;
    auto outputs = k.open(item);
    std::vector<int> all;
    for (const int x : outputs) {
        all.push_back(x);
    }
    EXPECT_EQ(all, (std::vector<int>{1, 2, 3}));
}

TEST(function_kernel, consumes_an_item_unless_it_has_to_keep_it) {
    auto k = kernel_of<std::string>([](std::string s) { return s; });
    sink<std::string> out;
    std::string item = long_text;
    EXPECT_EQ(k.process(item, true, out), outcome::finished);
    EXPECT_EQ(item, long_text);
    EXPECT_EQ(k.process(item, false, out), outcome::finished);
    EXPECT_TRUE(item.empty());
    EXPECT_EQ(out.all, (std::vector<std::string>{long_text, long_text}));
}

TEST(function_kernel, calls_a_function_that_wants_the_item_itself) {
    auto k = kernel_of<std::unique_ptr<int>>([](std::unique_ptr<int>&& p) { return *p; });
    static_assert(!decltype(k)::can_keep);
    sink<int> out;
    auto item = std::make_unique<int>(4);
    EXPECT_EQ(k.process(item, false, out), outcome::finished);
    EXPECT_EQ(out.all, std::vector<int>{4});
}

TEST(function_kernel, knows_how_many_outputs_an_item_has) {
    using one = function_kernel<int (*)(int), int>;
    using at_most_one = function_kernel<std::optional<int> (*)(int), int>;
    using many = function_kernel<generator<int> (*)(int), int>;
    using none = function_kernel<void (*)(int), int>;
    static_assert(one::one_output && !one::many_outputs);
    static_assert(!at_most_one::one_output && !at_most_one::many_outputs);
    static_assert(!many::one_output && many::many_outputs);
    static_assert(!none::one_output && !none::many_outputs);
}

/// Notes which of its hooks are called.
struct noting : paipa::abstract_step<const std::string&, std::string, void> {
    explicit noting(std::vector<std::string>* to) : calls(to) {}

    void process(const std::string& s) override {
        calls->push_back("process " + s);
        emit(s);
    }

    void step_initialize() override { calls->emplace_back("step_initialize"); }

    void initialize() override { calls->emplace_back("initialize"); }

    void thread_initialize() override { calls->emplace_back("thread_initialize"); }

    void thread_shutdown() override { calls->emplace_back("thread_shutdown"); }

    void step_shutdown() override { calls->emplace_back("step_shutdown"); }

    std::any process_meta(std::any entry) override {
        calls->emplace_back("process_meta");
        return entry;
    }

    std::vector<std::string>* calls;

private:
    void in_queue_empty() override { calls->emplace_back("in_queue_empty"); }
};

TEST(class_kernel, calls_each_hook_of_its_instance) {
    std::vector<std::string> calls;
    class_kernel<noting> k(std::make_unique<noting>(&calls));
    k.step_initialize();
    k.initialize();
    k.thread_initialize();
    k.idle();
    EXPECT_EQ(std::any_cast<int>(k.meta(5)), 5);
    k.thread_shutdown();
    k.step_shutdown();
    EXPECT_EQ(calls, (std::vector<std::string>{"step_initialize", "initialize", "thread_initialize",
                                               "in_queue_empty", "process_meta", "thread_shutdown",
                                               "step_shutdown"}));
}

TEST(class_kernel, lets_its_instance_emit_into_the_output_that_it_is_bound_to) {
    one_worker worker;
    paipa::detail::output<std::string> out(worker.core, nullptr, true);
    std::vector<std::string> calls;
    class_kernel<noting> k(std::make_unique<noting>(&calls));
    k.bind(out, worker.core);
    std::string item = "x";
    EXPECT_EQ(k.process(item, false, out), outcome::finished);
    ASSERT_EQ(out.held().size(), 1);
    EXPECT_EQ(out.held().at<std::string>(0), "x");
    EXPECT_EQ(calls, std::vector<std::string>{"process x"});
    out.held().clear();
}

TEST(class_kernel, converts_an_item_at_the_call) {
    one_worker worker;
    paipa::detail::output<std::string> out(worker.core, nullptr, true);
    std::vector<std::string> calls;
    class_kernel<noting, const char*> k(std::make_unique<noting>(&calls));
    k.bind(out, worker.core);
    const char* item = "of characters";
    EXPECT_EQ(k.process(item, false, out), outcome::finished);
    EXPECT_EQ(k.process(item, true, out), outcome::finished);
    EXPECT_EQ(calls, (std::vector<std::string>{"process of characters", "process of characters"}));
    out.held().clear();
}

struct taking : paipa::abstract_step<std::string, std::size_t> {
    std::size_t process(std::string s) override {
        if (s == "again") {
            self().requeue("given back", paipa::duration(1));
        }
        return s.size();
    }
};

/// The kernel of a `taking`, with a worker.
class taken : public testing::Test {
protected:
    taken() { kernel.bind(bound_, worker_.core); }

    class_kernel<taking> kernel{std::make_unique<taking>()};
    sink<std::size_t> out;

private:
    one_worker worker_;
    paipa::detail::output<std::size_t> bound_{worker_.core, nullptr, true};
};

TEST_F(taken, gets_a_copy_of_an_item_that_is_kept) {
    std::string item = long_text;
    EXPECT_EQ(kernel.process(item, true, out), outcome::finished);
    EXPECT_EQ(item, long_text);
    EXPECT_EQ(kernel.process(item, false, out), outcome::finished);
    EXPECT_TRUE(item.empty());
    EXPECT_EQ(out.all, std::vector<std::size_t>(2, long_text.size()));
}

TEST_F(taken, gives_an_item_back_until_the_next_one_is_in_hand) {
    std::string again = "again";
    kernel.process(again, false, out);
    ASSERT_TRUE(kernel.given_back());
    EXPECT_EQ(paipa::detail::as_slots<std::string>(kernel.given_back().cell())->get(),
              "given back");
    EXPECT_NE(kernel.due(), paipa::time_point{});
    std::string other = "other";
    kernel.process(other, false, out);
    EXPECT_FALSE(kernel.given_back());
}

struct telling_self : paipa::abstract_step<int> {
    explicit telling_self(paipa::step_worker<int>** to) : me(to) {}

    void process(int) override { *me = &self(); }

    paipa::step_worker<int>** me;
};

TEST(class_kernel, refuses_a_requeue_when_the_item_is_out_of_hand) {
    one_worker worker;
    paipa::detail::output<void> out(worker.core, nullptr, true);
    paipa::step_worker<int>* me = nullptr;
    class_kernel<telling_self> k(std::make_unique<telling_self>(&me));
    k.bind(out, worker.core);
    int item = 1;
    k.process(item, false, out);
    ASSERT_NE(me, nullptr);
    k.out_of_hand();
    EXPECT_THROW(me->requeue(1), paipa::state_error);
}

TEST(class_kernel, hears_of_no_input_where_the_class_has_the_hook) {
    static_assert(class_kernel<noting>::has_idle);  // a private override counts
    static_assert(!class_kernel<taking>::has_idle);
}

/// A conversion may consume it.
struct number_text {
    operator int() const { return static_cast<int>(text.size()); }

    std::string text;
};

TEST(class_kernel, knows_whether_an_item_can_be_kept) {
    struct consuming : paipa::abstract_step<std::unique_ptr<int>> {
        void process(std::unique_ptr<int>) override {}
    };

    struct looking : paipa::abstract_step<const std::unique_ptr<int>&> {
        void process(const std::unique_ptr<int>&) override {}
    };

    struct counting : paipa::abstract_step<int> {
        void process(int) override {}
    };

    static_assert(class_kernel<counting>::leaves_whole);
    static_assert(!class_kernel<counting, number_text>::leaves_whole);
    static_assert(!class_kernel<consuming>::can_keep);
    static_assert(class_kernel<looking>::can_keep && class_kernel<looking>::leaves_whole);
    static_assert(class_kernel<taking>::can_keep && !class_kernel<taking>::leaves_whole);
}

}  // namespace
