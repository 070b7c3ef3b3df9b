#include <paipa/failure.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct custom {};

struct silent final : std::exception {
    [[nodiscard]] const char* what() const noexcept override { return ""; }
};

template <class E>
std::exception_ptr made(E e) {
    return std::make_exception_ptr(e);
}

TEST(failure, describes_anything_thrown) {
    EXPECT_EQ(paipa::describe(made(std::runtime_error("text"))), "text");
    EXPECT_EQ(paipa::describe(made(5)), "int 5");
    EXPECT_EQ(paipa::describe(made(std::string("words"))), "words");
    EXPECT_EQ(paipa::describe(made(custom{})), "exception of type (anonymous namespace)::custom");
    EXPECT_EQ(paipa::describe(made(silent{})), "");
}

TEST(failure, says_where_it_happened) {
    const paipa::failure f{.step = "parse",
                           .where = "process",
                           .what = "bad number",
                           .error = nullptr,
                           .attempt = 3,
                           .worker = 2};
    EXPECT_EQ(to_string(f), "step 'parse' (process, worker 2, attempt 3): bad number");
}

TEST(failure, gives_a_dead_letters_item_by_its_type_only) {
    const paipa::dead_letter letter{
        .step = "s",
        .attempts = {{.what = "first", .error = nullptr}, {.what = "last", .error = nullptr}},
        .item = std::make_shared<const int>(7),
        .type = &typeid(int)};
    ASSERT_NE(letter.item_as<int>(), nullptr);
    EXPECT_EQ(*letter.item_as<int>(), 7);
    EXPECT_EQ(letter.item_as<long>(), nullptr);
    EXPECT_EQ(letter.reason(), "last");
    EXPECT_EQ(paipa::dead_letter{}.reason(), "");
}

}  // namespace
