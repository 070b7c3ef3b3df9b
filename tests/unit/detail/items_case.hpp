#ifndef PAIPA_TESTS_UNIT_DETAIL_ITEMS_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_ITEMS_CASE_HPP
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

/// The addresses of living tokens. A fault is a token that begins where one lives, or ends where
/// none does.
struct census {
    void enter(const void* who) { faults += living.insert(who).second ? 0U : 1U; }

    void leave(const void* who) { faults += 1U - living.erase(who); }

    std::set<const void*> living{};
    std::size_t faults = 0;
};

/// The one that all tokens are in; a test of tokens begins by emptying it.
inline census& tokens() {
    static census all;
    return all;
}

/// An item that may be moved, but not copied, and not by its bytes.
struct token {
    explicit token(int n) : number(n) { tokens().enter(this); }

    token(token&& other) noexcept : number(std::exchange(other.number, -1)) {
        tokens().enter(this);
    }

    token(const token&) = delete;
    token& operator=(const token&) = delete;
    token& operator=(token&&) = delete;

    ~token() { tokens().leave(this); }

    int number;
};

/// The same, but its move might throw: the engine keeps it in a box.
struct boxed_token {
    explicit boxed_token(int n) : inner(n) {}

    // NOLINTNEXTLINE(performance-noexcept-move-constructor): that is the point
    boxed_token(boxed_token&& other) noexcept(false) : inner(std::move(other.inner)) {}

    boxed_token(const boxed_token&) = delete;
    boxed_token& operator=(const boxed_token&) = delete;
    boxed_token& operator=(boxed_token&&) = delete;
    ~boxed_token() = default;

    token inner;
};

inline int number_of(int item) {
    return item;
}

inline int number_of(const std::unique_ptr<int>& item) {
    return item == nullptr ? -1 : *item;
}

inline int number_of(const std::string& item) {
    return item.empty() ? -1 : std::stoi(item);
}

inline int number_of(const token& item) {
    return item.number;
}

inline int number_of(const boxed_token& item) {
    return item.inner.number;
}

template <class T>
T item_of(int n) {
    if constexpr (std::is_same_v<T, std::string>) {
        return std::to_string(n) + " in a string that lies on the heap";
    } else if constexpr (std::is_same_v<T, std::unique_ptr<int>>) {
        return std::make_unique<int>(n);
    } else {
        return T(n);
    }
}

/// One type for each way in which the engine moves and ends items: by bytes, by move and destroy,
/// by swap in cells that are used again, and in a box.
using item_kinds = testing::Types<int, std::unique_ptr<int>, std::string, token, boxed_token>;

/// A test of each kind of item. At its end no token may live, and none may have ended twice.
template <class T>
class each_item : public testing::Test {
protected:
    each_item() { tokens() = {}; }

    ~each_item() override {
        EXPECT_TRUE(tokens().living.empty());
        EXPECT_EQ(tokens().faults, 0U);
    }
};

#endif
