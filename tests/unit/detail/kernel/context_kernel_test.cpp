#include <paipa/context.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/context_kernel.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>

#include "one_worker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

namespace {

using paipa::context;
using paipa::detail::callable_for;
using paipa::detail::function_kernel;
using paipa::detail::outcome;
using paipa::detail::wants_context;
using paipa::detail::with_context;

using plain = int (*)(int);
using with_a_context = int (*)(int, context&);

template <class F, class T>
using kernel_of = typename paipa::detail::kernel_for<function_kernel, F, T>::type;

TEST(wants_context, holds_for_a_function_that_takes_an_item_only_with_a_context) {
    static_assert(wants_context<with_a_context, int>);
    static_assert(wants_context<void (*)(int&, context&), int>);  // refused elsewhere, by its name
    static_assert(!wants_context<plain, int>);
    static_assert(!wants_context<with_a_context, std::string>);

    struct both {
        int operator()(int) const;
        int operator()(int, context&) const;
    };

    static_assert(!wants_context<both, int>);

    struct consuming_both {
        void operator()(std::string&&) const;
        void operator()(const std::string&, context&) const;
    };

    static_assert(!wants_context<consuming_both, std::string>);
    static_assert(std::is_same_v<callable_for<with_a_context, int>, with_context<with_a_context>>);
    static_assert(std::is_same_v<callable_for<plain, int>, plain>);
}

TEST(context_kernel, is_the_kernel_of_a_function_that_wants_a_context) {
    static_assert(std::is_same_v<kernel_of<plain, int>, function_kernel<plain, int>>);
    using kernel = kernel_of<with_a_context, int>;
    static_assert(std::is_base_of_v<function_kernel<with_context<with_a_context>, int>, kernel>);
    static_assert(!kernel::one_output && kernel_of<plain, int>::one_output);
}

TEST(context_kernel, gives_back_what_the_function_declares_or_else_what_reaches_it) {
    static_assert(std::is_same_v<kernel_of<with_a_context, short>::given_type, int>);
    const auto any = [](auto x, context&) { return x; };
    static_assert(std::is_same_v<kernel_of<decltype(any), short>::given_type, short>);
}

/// Gives 1 back; of anything else it returns the number of the try.
int try_of(int x, context& here) {
    if (x == 1) {
        here.requeue(10 * x);
    }
    return static_cast<int>(here.attempt());
}

using kernel = kernel_of<with_a_context, int>;

TEST(context_kernel, calls_the_function_with_the_context_of_its_worker) {
    one_worker worker;
    paipa::detail::output<int> bound(worker.core, nullptr, true);
    kernel k{with_a_context{try_of}};
    k.bind(bound, worker.core);
    worker.core.attempt = 4;
    sink<int> out;
    int item = 2;
    EXPECT_EQ(k.process(item, false, out), outcome::finished);
    EXPECT_EQ(out.all, std::vector<int>{4});
}

TEST(context_kernel, has_what_the_function_gave_back_until_the_next_item_is_in_hand) {
    one_worker worker;
    paipa::detail::output<int> bound(worker.core, nullptr, true);
    kernel k{with_a_context{try_of}};
    k.bind(bound, worker.core);
    sink<int> out;
    int first = 1;
    int second = 2;
    k.process(first, false, out);
    ASSERT_TRUE(k.given_back());
    EXPECT_EQ(paipa::detail::as_slots<int>(k.given_back().cell())->get(), 10);
    EXPECT_NE(k.due(), paipa::time_point{});
    k.process(second, false, out);
    EXPECT_FALSE(k.given_back());
}

TEST(context_kernel, refuses_an_item_back_where_none_can_wait) {
    one_worker worker;
    kernel k{with_a_context{try_of}};
    k.meet(worker.core, false);
    sink<int> out;
    int item = 1;
    EXPECT_THROW(k.process(item, false, out), paipa::state_error);
    EXPECT_FALSE(k.given_back());
}

TEST(context_kernel, refuses_an_item_back_that_is_out_of_hand) {
    one_worker worker;
    context* kept = nullptr;
    const auto keep = [&kept](int x, context& here) {
        kept = &here;
        return x;
    };
    kernel_of<decltype(keep), int> k{keep};
    k.meet(worker.core, true);
    sink<int> out;
    int item = 2;
    k.process(item, false, out);
    ASSERT_NE(kept, nullptr);
    k.out_of_hand();
    EXPECT_THROW(kept->requeue(1), paipa::state_error);
}

paipa::generator<int> give_back_amid(int x, context& here) {
    co_yield x;
    here.requeue(x);
    co_yield x + 1;
}

TEST(context_kernel, has_the_item_in_hand_until_the_last_output_of_a_generator) {
    one_worker worker;
    using function = paipa::generator<int> (*)(int, context&);
    kernel_of<function, int> k{function{give_back_amid}};
    k.meet(worker.core, true);
    int item = 3;
    auto outputs = k.open(item);
    std::vector<int> all;
    for (const int x : outputs) {
        all.push_back(x);
    }
    EXPECT_EQ(all, (std::vector<int>{3, 4}));
    EXPECT_TRUE(k.given_back());
}

}  // namespace
