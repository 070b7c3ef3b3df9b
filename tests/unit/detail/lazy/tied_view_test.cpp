#include <paipa/detail/lazy/tied_view.hpp>
#include <paipa/generator.hpp>

#include <gtest/gtest.h>

#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::generator;
using paipa::detail::tied_view;

using texts = std::vector<std::string>;

template <class View>
texts items_of(View view) {
    texts all;
    for (auto&& item : view) {
        all.push_back(std::forward<decltype(item)>(item));
    }
    return all;
}

/// A coroutine that has only a reference to its range.
constexpr auto twice = [](auto&& range) -> generator<std::string> {
    for (const std::string& text : range) {
        co_yield text + text;
    }
};

TEST(tied_view, keeps_the_range_to_which_a_coroutine_refers) {
    auto f = twice;
    tied_view<texts, decltype(f)> view(texts{"a", "b"}, f);
    static_assert(std::ranges::view<decltype(view)>);
    EXPECT_EQ(items_of(std::move(view)), (texts{"aa", "bb"}));
}

TEST(tied_view, may_be_moved_during_the_walk) {
    auto f = twice;
    tied_view<texts, decltype(f)> view(texts{"a", "b"}, f);
    auto i = view.begin();
    EXPECT_EQ(*i, "aa");
    const auto moved = std::move(view);
    ++i;
    EXPECT_EQ(*i, "bb");
}

/// Notes when it ends.
struct ending {
    ending(texts* to, std::string text) : notes(to), name(std::move(text)) {}

    ending(ending&& other) noexcept
        : notes(std::exchange(other.notes, nullptr)), name(std::move(other.name)) {}

    ending(const ending&) = delete;
    ending& operator=(const ending&) = delete;
    ending& operator=(ending&&) = delete;

    ~ending() {
        if (notes != nullptr) {
            notes->push_back(name);
        }
    }

    texts* notes;
    std::string name;
};

TEST(tied_view, ends_what_was_made_before_the_range) {
    texts notes;
    auto make = [&notes](ending&&) { return ending(&notes, "made"); };
    {
        const tied_view<ending, decltype(make)> view(ending(&notes, "input"), make);
        EXPECT_TRUE(notes.empty());
    }
    EXPECT_EQ(notes, (texts{"made", "input"}));
}

TEST(tied_view, calls_the_function_once_with_the_range_that_it_keeps) {
    int calls = 0;
    const texts* seen = nullptr;
    auto f = [&calls, &seen](texts&& range) {
        ++calls;
        seen = &range;
        return std::ranges::ref_view(range);
    };
    tied_view<texts, decltype(f)> view(texts{"a"}, f);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(&*view.begin(), &seen->front());
    EXPECT_EQ(items_of(std::move(view)), texts{"a"});
}

}  // namespace
