#include <paipa/detail/support/generator_promise.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <iterator>
#include <ranges>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using paipa::detail::elements_of;
using paipa::detail::generator_promise;
using paipa::detail::when_asked;

/// As little of a generator as the promise needs.
class walk {
public:
    using yielded = int&&;

    class promise_type : public generator_promise<yielded> {
    public:
        promise_type() noexcept : generator_promise(handle::from_promise(*this)) {}

        walk get_return_object() noexcept { return walk(handle::from_promise(*this)); }

    private:
        using handle = std::coroutine_handle<promise_type>;
    };

    using handle = std::coroutine_handle<promise_type>;

    walk(walk&& other) noexcept
        : coroutine_(std::exchange(other.coroutine_, {})), begun_(other.begun_) {}

    walk(const walk&) = delete;
    walk& operator=(const walk&) = delete;
    walk& operator=(walk&&) = delete;

    ~walk() {
        if (coroutine_) {
            coroutine_.promise().destroy_nested();
            coroutine_.destroy();
        }
    }

    [[nodiscard]] promise_type& root() const { return coroutine_.promise(); }

    /// Goes on to the next item, as `++` does.
    void advance() {
        if (std::exchange(begun_, true)) {
            root().resume(coroutine_);
        }
        if (root().current == nullptr) {
            root().advance_further();
        }
    }

    struct iterator {
        using value_type = int;
        using difference_type = std::ptrdiff_t;

        int&& operator*() const { return std::move(*items->root().make_asked()); }

        iterator& operator++() {
            items->advance();
            return *this;
        }

        void operator++(int) { ++*this; }

        friend bool operator==(const iterator& i, std::default_sentinel_t) {
            return i.items->root().make_asked() == nullptr;
        }

        walk* items;
    };

    iterator begin() {
        advance();
        return iterator{this};
    }

    [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

private:
    template <class>
    friend class paipa::detail::generator_promise;

    explicit walk(handle c) noexcept : coroutine_(c) {}

    handle coroutine_;
    bool begun_ = false;
};

static_assert(std::ranges::input_range<walk>);

/// All items that are left.
std::vector<int> rest(walk& items) {
    std::vector<int> all;
    for (const int item : items) {
        all.push_back(item);
    }
    return all;
}

walk count_to(int n) {
    for (int i = 1; i <= n; ++i) {
        int item = i;
        co_yield std::move(item);
    }
}

TEST(generator_promise, tells_where_the_item_is) {
    const int* variable = nullptr;
    const int* constant = nullptr;
    walk items = [](const int** a, const int** b) -> walk {
        int x = 1;
        *a = &x;
        co_yield std::move(x);
        const int y = 2;
        *b = &y;
        co_yield y;
    }(&variable, &constant);
    EXPECT_EQ(variable, nullptr);  // nothing runs before the first item is wanted
    items.advance();
    EXPECT_EQ(items.root().current, variable);
    items.advance();
    ASSERT_NE(items.root().current, nullptr);
    EXPECT_NE(items.root().current, constant);  // a copy, which may be moved from
    EXPECT_EQ(*items.root().current, 2);
    items.advance();
    EXPECT_EQ(items.root().current, nullptr);
    EXPECT_TRUE(items.root().at_end());
}

TEST(generator_promise, lets_what_the_body_throws_out_once) {
    walk items = []() -> walk {
        co_yield 1;
        throw std::runtime_error("behind the first item");
    }();
    items.advance();
    EXPECT_EQ(*items.root().current, 1);
    EXPECT_THROW(items.advance(), std::runtime_error);
    EXPECT_TRUE(items.root().at_end());
    EXPECT_NO_THROW(items.root().advance_further());
}

TEST(generator_promise, gives_the_items_of_nested_generators_in_order) {
    walk items = []() -> walk {
        co_yield elements_of(count_to(0));
        co_yield elements_of(count_to(2));
        co_yield 10;
        walk by_name = count_to(1);
        co_yield elements_of(by_name);
        co_yield elements_of(by_name);  // it has been moved from
    }();
    EXPECT_EQ(rest(items), (std::vector{1, 2, 10, 1}));
    EXPECT_FALSE(items.root().has_nested());
}

walk throwing_behind(int n) {
    co_yield elements_of(count_to(n));
    throw std::runtime_error("nested");
}

TEST(generator_promise, lets_a_nested_exception_out_where_it_was_nested) {
    walk caught = []() -> walk {
        try {
            co_yield elements_of(throwing_behind(1));
        } catch (const std::runtime_error&) {
            // goes on without the rest
        }
        co_yield 7;
    }();
    EXPECT_EQ(rest(caught), (std::vector{1, 7}));
    walk thrown = []() -> walk { co_yield elements_of(throwing_behind(0)); }();
    EXPECT_THROW(thrown.advance(), std::runtime_error);
    EXPECT_TRUE(thrown.root().at_end());
}

/// Notes when it ends.
struct ending {
    ending(std::vector<int>* to, int n) : notes(to), number(n) {}

    ending(const ending&) = delete;
    ending& operator=(const ending&) = delete;

    ~ending() { notes->push_back(number); }

    std::vector<int>* notes;
    int number;
};

walk deep(std::vector<int>* notes, int depth) {
    const ending mine(notes, depth);
    const int number = depth;
    co_yield number;
    if (depth < 1'000'000) {
        co_yield elements_of(deep(notes, depth + 1));
    }
}

TEST(generator_promise, destroys_nested_generators_from_the_innermost_out) {
    constexpr int depth = 100'000;  // more than a stack could hold
    std::vector<int> ended;
    {
        walk items = deep(&ended, 1);
        while (*items.begin() < depth) {
        }
        EXPECT_TRUE(items.root().has_nested());
        EXPECT_TRUE(ended.empty());
    }
    ASSERT_EQ(ended.size(), 100'000U);
    EXPECT_EQ(ended.front(), depth);
    EXPECT_TRUE(std::ranges::is_sorted(ended, std::ranges::greater()));
}

/// Makes an item only if somebody asks for it. Notes the items that it has made.
walk asked(std::vector<int>* made, int n) {
    for (int i = 1; i <= n; ++i) {
        const when_asked somebody;
        const bool passed = co_yield somebody;
        if (!passed) {
            made->push_back(i);
            int item = i;
            co_yield std::move(item);
        }
    }
}

TEST(generator_promise, makes_an_item_that_waits_only_when_it_is_asked_for) {
    std::vector<int> made;
    walk items = asked(&made, 4);
    items.advance();
    EXPECT_EQ(items.root().current, nullptr);
    EXPECT_FALSE(items.root().at_end());
    EXPECT_TRUE(made.empty());
    ASSERT_NE(items.root().make_asked(), nullptr);
    EXPECT_EQ(*items.root().current, 1);
    items.advance();  // to the second one
    items.advance();  // passes it
    EXPECT_EQ(*items.root().make_asked(), 3);
    EXPECT_EQ(*items.root().current, 3);
    EXPECT_EQ(rest(items), std::vector{4});
    EXPECT_EQ(made, (std::vector{1, 3, 4}));
    EXPECT_EQ(items.root().make_asked(), nullptr);
}

TEST(generator_promise, lets_items_of_nested_generators_wait) {
    std::vector<int> made;
    walk items = [](std::vector<int>* to) -> walk {
        co_yield 10;
        co_yield elements_of(asked(to, 2));
        co_yield 20;
    }(&made);
    items.advance();
    items.advance();
    EXPECT_EQ(items.root().current, nullptr);
    EXPECT_EQ(*items.root().make_asked(), 1);
    EXPECT_EQ(rest(items), (std::vector{2, 20}));
    EXPECT_EQ(made, (std::vector{1, 2}));
}

TEST(generator_promise, goes_on_to_nested_items_when_it_has_passed_one_unseen) {
    walk items = []() -> walk {
        const when_asked somebody;
        const bool passed = co_yield somebody;
        co_yield elements_of(count_to(passed ? 2 : 0));
    }();
    items.advance();
    EXPECT_EQ(items.root().current, nullptr);
    items.advance();
    ASSERT_NE(items.root().current, nullptr);
    EXPECT_EQ(*items.root().current, 1);
    EXPECT_EQ(rest(items), std::vector{2});
}

}  // namespace
