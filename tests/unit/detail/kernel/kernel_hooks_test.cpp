#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "one_worker.hpp"

#include <gtest/gtest.h>

#include <any>
#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using paipa::time_point;
using paipa::detail::item_box;
using paipa::detail::kernel_hooks;
using paipa::detail::outcome;
using paipa::detail::worker_context;

/// A kernel without any optional member.
template <class T>
struct plain {
    using input = T;
    using output = T;
    static constexpr bool many_outputs = false;
    static constexpr bool can_keep = true;

    template <class E>
    outcome process(T& /*item*/, bool /*keep*/, E& /*out*/) {
        return outcome::finished;
    }
};

TEST(kernel_hooks, do_nothing_where_the_kernel_has_none) {
    one_worker worker;
    paipa::detail::output<int> out(worker.core, nullptr, true);
    kernel_hooks<plain<int>> hooks{plain<int>{}};
    hooks.bind(out, worker.core);
    hooks.step_initialize();
    hooks.initialize();
    hooks.thread_initialize();
    hooks.idle();
    EXPECT_EQ(std::any_cast<int>(hooks.meta(5)), 5);  // an entry travels on
    hooks.flush(out, worker.core);
    hooks.note_kept(worker.core);
    hooks.thread_shutdown();
    hooks.step_shutdown();
    EXPECT_EQ(hooks.deadline(paipa::default_runtime()), paipa::never);
    EXPECT_FALSE(worker.core.keeps_back);
    EXPECT_EQ(out.held().size(), 0);
}

TEST(kernel_hooks, take_a_kernel_for_a_plain_one_unless_it_says_otherwise) {
    using hooks = kernel_hooks<plain<int>>;
    static_assert(!hooks::gives_back && !hooks::keeps_back && !hooks::flushes);
    static_assert(!hooks::one_output && !hooks::has_idle);
    static_assert(hooks::stays_whole && !kernel_hooks<plain<std::string>>::stays_whole);
    static_assert(hooks::parts_keep() == nullptr);
    hooks h{plain<int>{}};
    EXPECT_TRUE(h.parts_are_plain());
    EXPECT_EQ(&h.run(), &h.kernel);
}

/// A kernel with all optional members but for those of items that are given back.
struct full : plain<std::string> {
    static constexpr bool one_output = true;
    static constexpr bool leaves_whole = true;
    static constexpr bool has_idle = true;
    static constexpr std::array<bool, 2> parts_keep{true, false};

    explicit full(std::vector<std::string>* to) : calls(to) {}

    void meet(worker_context& /*core*/) { calls->emplace_back("meet"); }

    void step_initialize() { calls->emplace_back("step_initialize"); }

    void initialize() { calls->emplace_back("initialize"); }

    void thread_initialize() { calls->emplace_back("thread_initialize"); }

    void thread_shutdown() { calls->emplace_back("thread_shutdown"); }

    void step_shutdown() { calls->emplace_back("step_shutdown"); }

    void idle() { calls->emplace_back("idle"); }

    static std::any meta(const std::any& entry) { return std::any_cast<int>(entry) + 1; }

    [[nodiscard]] std::size_t kept() const noexcept { return waiting; }

    template <class E>
    void flush(E& out) {
        out("flushed");
        waiting = 0;
    }

    time_point deadline(time_point now) {
        asked_at = now;
        return now + paipa::duration(1);
    }

    [[nodiscard]] bool parts_are_plain() const noexcept { return false; }

    int run() noexcept { return 7; }

    std::vector<std::string>* calls;
    std::size_t waiting = 2;
    time_point asked_at{};
};

TEST(kernel_hooks, call_what_the_kernel_has) {
    one_worker worker;
    paipa::detail::output<std::string> out(worker.core, nullptr, true);
    std::vector<std::string> calls;
    kernel_hooks<full> hooks{full(&calls)};
    hooks.bind(out, worker.core);
    hooks.step_initialize();
    hooks.initialize();
    hooks.thread_initialize();
    hooks.idle();
    hooks.thread_shutdown();
    hooks.step_shutdown();
    EXPECT_EQ(calls, (std::vector<std::string>{"meet", "step_initialize", "initialize",
                                               "thread_initialize", "idle", "thread_shutdown",
                                               "step_shutdown"}));
    EXPECT_EQ(std::any_cast<int>(hooks.meta(5)), 6);
    EXPECT_EQ(hooks.run(), 7);
    EXPECT_FALSE(hooks.parts_are_plain());
}

TEST(kernel_hooks, ask_the_kernel_for_its_deadline_with_the_present_time) {
    std::vector<std::string> calls;
    kernel_hooks<full> hooks{full(&calls)};
    const time_point before = paipa::default_runtime().now();
    const time_point due = hooks.deadline(paipa::default_runtime());
    EXPECT_GE(hooks.kernel.asked_at, before);
    EXPECT_EQ(due, hooks.kernel.asked_at + paipa::duration(1));
}

TEST(kernel_hooks, say_what_the_kernel_says) {
    using hooks = kernel_hooks<full>;
    static_assert(hooks::keeps_back && hooks::flushes && !hooks::gives_back);
    static_assert(hooks::one_output && hooks::has_idle && hooks::stays_whole);
    static_assert(hooks::parts_keep()[0] && !hooks::parts_keep()[1]);
}

TEST(kernel_hooks, note_in_the_books_what_the_kernel_keeps_back) {
    one_worker worker;
    paipa::detail::output<std::string> out(worker.core, nullptr, true);
    std::vector<std::string> calls;
    kernel_hooks<full> hooks{full(&calls)};
    hooks.bind(out, worker.core);
    EXPECT_TRUE(worker.core.keeps_back);
    hooks.note_kept(worker.core);
    EXPECT_EQ(worker.core.kept.get(), 2);
    hooks.flush(out, worker.core);
    EXPECT_EQ(worker.core.kept.get(), 0);
    ASSERT_EQ(out.held().size(), 1);
    EXPECT_EQ(out.held().at<std::string>(0), "flushed");
    out.held().clear();
}

/// Takes any item, and gives back strings.
template <class T>
struct giving : plain<T> {
    using given_type = std::string;

    void bind(paipa::detail::output<T>& /*out*/, worker_context& /*core*/) { is_bound = true; }

    item_box& given_back() noexcept { return box; }

    [[nodiscard]] time_point due() const noexcept { return {}; }

    void out_of_hand() noexcept {}

    item_box box{};
    bool is_bound = false;
};

TEST(kernel_hooks, bind_a_kernel_that_gives_items_back) {
    one_worker worker;
    paipa::detail::output<int> out(worker.core, nullptr, true);
    kernel_hooks<giving<int>> hooks{giving<int>{}};
    static_assert(hooks.gives_back);
    hooks.bind(out, worker.core);
    EXPECT_TRUE(hooks.kernel.is_bound);
}

/// The type of the item that a box is taken for.
template <class Kernel, class T>
std::string type_in(const item_box& box) {
    return kernel_hooks<Kernel>::template with_item<T>(box, [](auto& item) -> std::string {
        using held = std::remove_cvref_t<decltype(item.get())>;
        return std::is_same_v<held, std::string> ? "text" : "number";
    });
}

TEST(kernel_hooks, know_an_item_that_came_back_by_its_type) {
    static_assert(kernel_hooks<giving<int>>::gives_back_another_type<int>);
    static_assert(!kernel_hooks<giving<std::string>>::gives_back_another_type<std::string>);
    static_assert(!kernel_hooks<plain<int>>::gives_back_another_type<int>);
    const item_box number = item_box::of(1);
    const item_box text = item_box::of(std::string("1"));
    EXPECT_EQ((type_in<giving<int>, int>(number)), "number");
    EXPECT_EQ((type_in<giving<int>, int>(text)), "text");
    EXPECT_EQ((type_in<giving<std::string>, std::string>(text)), "text");
    EXPECT_EQ((type_in<plain<int>, int>(number)), "number");
}

}  // namespace
