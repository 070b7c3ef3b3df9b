#include <paipa/abstract_step.hpp>
#include <paipa/detail/flow/hook_check.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/step.hpp>

#include <gtest/gtest.h>

#include <any>
#include <functional>
#include <string>
#include <vector>

namespace {

using paipa::detail::may_be_hook;

using hook = void();

struct some_class;

static_assert(may_be_hook<void (some_class::*)(), hook>);
static_assert(may_be_hook<void (some_class::*)() noexcept, hook>);
static_assert(may_be_hook<std::any (some_class::*)(std::any), std::any(std::any)>);
static_assert(!may_be_hook<void (some_class::*)(int), hook>);
static_assert(!may_be_hook<void (some_class::*)() const, hook>);
static_assert(!may_be_hook<void (some_class::*)() const noexcept, hook>);
static_assert(!may_be_hook<void (some_class::*)() &, hook>);
static_assert(!may_be_hook<bool (some_class::*)(), hook>);
static_assert(!may_be_hook<void (*)(int), hook>);
static_assert(!may_be_hook<std::any (some_class::*)(const std::any&), std::any(std::any)>);
// A member that is no function may have the name of a hook.
static_assert(may_be_hook<int some_class::*, hook>);
static_assert(may_be_hook<int*, hook>);

using calls = std::vector<std::string>;

/// A hook may be private, protected, overloaded, noexcept, or come from a base of the program's.
class odd_hooks : public paipa::abstract_step<int> {
public:
    explicit odd_hooks(calls* to) : calls_(to) {}

    void process(int) override {}

    void step_initialize() noexcept override { calls_->emplace_back("step_initialize"); }

    void thread_initialize() override { thread_initialize("thread_initialize"); }

    void thread_initialize(const std::string& text) { calls_->push_back(text); }

protected:
    void initialize() override { calls_->emplace_back("initialize"); }

    calls* calls_;

private:
    void thread_shutdown() override { calls_->emplace_back("thread_shutdown"); }
};

class derived final : public odd_hooks {
public:
    using odd_hooks::odd_hooks;

    void step_shutdown() override { calls_->emplace_back("step_shutdown"); }

    std::function<void()> in_queue_empty;  // hides the hook, and is no function
};

/// A pointer to a member of a virtual base cannot be converted to one of the class.
class with_a_virtual_base final : public virtual odd_hooks {
public:
    explicit with_a_virtual_base(calls* to) : odd_hooks(to) {}
};

template <class Step>
calls called_hooks() {
    calls all;
    paipa::pipeline<int> p{paipa::step<Step>("a", {}, &all), {.quiet = true}};
    p.finish();
    p.run();
    return all;
}

TEST(hook_check, lets_hooks_pass_that_are_called) {
    EXPECT_EQ(called_hooks<derived>(), (calls{"step_initialize", "initialize", "thread_initialize",
                                              "thread_shutdown", "step_shutdown"}));
    EXPECT_EQ(called_hooks<with_a_virtual_base>(),
              (calls{"step_initialize", "initialize", "thread_initialize", "thread_shutdown"}));
}

}  // namespace
