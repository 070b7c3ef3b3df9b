#ifndef PAIPA_TESTS_UNIT_COMBINE_CASE_HPP
#define PAIPA_TESTS_UNIT_COMBINE_CASE_HPP
#include <paipa/abstract_step.hpp>
#include <paipa/generator.hpp>

#include <gtest/gtest.h>

#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// What the tests of chains on the caller's thread share.

/// Everything that comes out of a range.
template <class R>
auto items_of(R&& range) {
    std::vector<std::ranges::range_value_t<R>> items;
    for (auto&& x : range) {
        items.push_back(std::forward<decltype(x)>(x));
    }
    return items;
}

/// The whole message of the `E` that `f` throws.
template <class E, class F>
std::string refusal(F f) {
    try {
        f();
    } catch (const E& e) {
        return e.what();
    }
    return "nothing was thrown";
}

/// Numbers from 0 on, without end; counts how many have been pulled.
inline paipa::generator<int> counting(int* pulled) {
    for (int n = 0;; ++n) {
        ++*pulled;
        co_yield n;
    }
}

/// Likewise, up to `end`.
inline paipa::generator<int> counting_to(int* pulled, int end) {
    for (int n = 0; n < end; ++n) {
        ++*pulled;
        co_yield n;
    }
}

using diary = std::vector<std::string>;

/// Writes down its hooks and items; the hook called `thrower`, or the item of that number, throws.
class noting : public paipa::abstract_step<int, int> {
public:
    explicit noting(diary* d, std::string thrower = {}) : diary_(d), thrower_(std::move(thrower)) {}

    int process(int x) override {
        note(std::to_string(x));
        return x;
    }

    void step_initialize() override { note("step_initialize"); }

    void initialize() override { note("initialize"); }

    void thread_initialize() override { note("thread_initialize"); }

    void thread_shutdown() override { note("thread_shutdown"); }

    void step_shutdown() override { note("step_shutdown"); }

private:
    void note(const std::string& what) {
        diary_->push_back(self().step() + " " + what);
        if (what == thrower_) {
            throw std::runtime_error(self().step() + " " + what);
        }
    }

    diary* diary_;
    std::string thrower_;
};

#endif
