#include <paipa/abstract_step.hpp>
#include <paipa/context.hpp>
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/support/shared_value.hpp>
#include <paipa/error.hpp>
#include <paipa/flow.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>

#include "../kernel/one_worker.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::context;
using paipa::generator;
using paipa::detail::class_def;
using paipa::detail::function_def;
using paipa::detail::iter_def;
using paipa::detail::shared_value;
using paipa::detail::step_head;
using paipa::detail::unknown;

const step_head plain("a");
const step_head idle("a", {.idle_interval = 2s}, false);
const step_head retrying("a", {.retry = {.attempts = 2}}, false);
const step_head without_name("");

template <class F>
function_def<F> function_step(const step_head& head, F f) {
    return function_def<F>(head, shared_value<F>(std::move(f)));
}

TEST(function_def, knows_what_its_function_takes_and_returns) {
    using def = function_def<std::optional<std::string> (*)(int)>;
    static_assert(std::is_same_v<def::declared, int>);
    static_assert(def::accepts<int> && def::accepts<short> && !def::accepts<std::string>);
    static_assert(std::is_same_v<def::output<int>, std::string>);
    using with_a_context = function_def<int (*)(int, context&)>;
    static_assert(with_a_context::accepts<int>);
    using consuming = function_def<int (*)(std::unique_ptr<int>)>;
    static_assert(consuming::accepts<std::unique_ptr<int>>);

    struct only_looking {
        int operator()(const std::string&) const;
        int operator()(std::string&&) const = delete;
    };

    static_assert(function_def<only_looking>::accepts<std::string>);

    struct two_ways {
        int operator()(std::string&&) const;
        std::string operator()(const std::string&) const;
    };

    static_assert(std::is_same_v<function_def<two_ways>::output<std::string>, int>);
}

TEST(function_def, gives_each_worker_a_copy_of_its_function) {
    const auto def = function_step(plain, [n = 0](int x) mutable { return x + ++n; });
    const auto maker = def.kernel_maker<int>();
    auto one = maker();
    auto other = maker();
    sink<int> out;
    for (int item : {0, 0}) {
        one.process(item, false, out);
    }
    int item = 0;
    other.process(item, false, out);
    EXPECT_EQ(out.all, (std::vector<int>{1, 2, 1}));
}

TEST(function_def, refuses_options_that_it_has_no_use_for) {
    const auto same = [](int x) { return x; };
    EXPECT_NO_THROW(function_step(retrying, same));
    EXPECT_THROW(function_step(idle, same), paipa::config_error);
    EXPECT_THROW(function_step(without_name, same), paipa::config_error);
}

TEST(function_def, keeps_its_function_under_another_name) {
    const auto def = function_step(plain, [](int x) { return x + 5; });
    const decltype(def) other(step_head("other"), def);
    EXPECT_EQ(other.head.name, "other");
    EXPECT_EQ((*other.f)(1), 6);
}

struct counting : paipa::abstract_step<int, std::string> {
    std::string process(int x) override { return std::to_string(x); }
};

struct hearing final : counting {
    void in_queue_empty() override {}
};

TEST(class_def, knows_what_its_class_takes_and_returns) {
    static_assert(std::is_same_v<class_def<counting>::declared, int>);
    static_assert(std::is_same_v<class_def<counting>::output<short>, std::string>);
    static_assert(std::is_same_v<class_def<counting>::kernel<short>::input, short>);
}

TEST(class_def, makes_an_instance_for_each_worker) {
    int made = 0;
    const class_def<counting> def(plain, [&made] {
        ++made;
        return std::make_unique<counting>();
    });
    EXPECT_EQ(made, 0);
    const auto maker = def.kernel_maker<int>();
    (void)maker();
    (void)maker();
    EXPECT_EQ(made, 2);
}

TEST(class_def, may_be_idle_where_its_class_has_the_hook) {
    EXPECT_THROW(class_def<counting>(idle, [] { return std::make_unique<counting>(); }),
                 paipa::config_error);
    EXPECT_NO_THROW(class_def<hearing>(idle, [] { return std::make_unique<hearing>(); }));
}

TEST(class_step, hands_its_arguments_to_each_instance) {
    struct adding : paipa::abstract_step<int, int> {
        explicit adding(int n) : number(n) {}

        int process(int x) override { return x + number; }

        int number;
    };

    const auto f = paipa::detail::class_step<adding>(plain, 7);
    const auto& [def] = paipa::detail::flow_access::defs(f);
    EXPECT_EQ(def.make_instance()->number, 7);
    EXPECT_NE(def.make_instance(), def.make_instance());
}

TEST(takes_reference, holds_for_a_reference_to_what_is_not_constant) {
    static_assert(paipa::detail::takes_reference<int&>);
    static_assert(!paipa::detail::takes_reference<const int&>);
    static_assert(!paipa::detail::takes_reference<int&&>);
    static_assert(!paipa::detail::takes_reference<int>);
}

using longs_to_texts = generator<std::string> (*)(generator<long>);

TEST(iter_def, knows_which_range_it_calls_its_function_with) {
    using def = iter_def<longs_to_texts>;
    static_assert(std::is_same_v<def::declared, long>);
    static_assert(std::is_same_v<def::range<long>, generator<long>>);
    static_assert(std::is_same_v<def::range<int>, generator<long>>);  // an int becomes a long
    static_assert(std::is_same_v<def::output<long>, std::string>);
    const auto any = [](auto range) { return range; };
    using generic = iter_def<decltype(any)>;
    static_assert(std::is_same_v<generic::declared, unknown>);
    static_assert(std::is_same_v<generic::range<int>, generator<int>>);
    static_assert(std::is_same_v<generic::output<int>, int>);
}

TEST(iter_def, refuses_options_that_it_has_no_use_for) {
    const auto make = [](const step_head& head) {
        const auto any = [](auto range) { return range; };
        return iter_def<std::remove_const_t<decltype(any)>>(
            head, shared_value<std::remove_const_t<decltype(any)>>(any));
    };
    EXPECT_NO_THROW(make(plain));
    EXPECT_THROW(make(retrying), paipa::config_error);
    EXPECT_THROW(make(idle), paipa::config_error);
    EXPECT_THROW(make(without_name), paipa::config_error);
}

TEST(definitions, say_whether_an_item_can_have_another_try) {
    static_assert(function_def<int (*)(int)>::keeps_items);
    static_assert(class_def<counting>::keeps_items);
    static_assert(!iter_def<longs_to_texts>::keeps_items);
}

}  // namespace
