#include <paipa/detail/support/make_as.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace {

struct base {
    base() = default;
    base(const base&) = delete;
    base& operator=(const base&) = delete;
    virtual ~base() = default;
    [[nodiscard]] virtual std::string text() const = 0;
};

struct derived final : base {
    derived(std::unique_ptr<std::string> first, const std::string& second, bool& is_gone)
        : text_(*first + second), is_gone_(is_gone) {}

    derived(const derived&) = delete;
    derived& operator=(const derived&) = delete;

    ~derived() override { is_gone_ = true; }

    [[nodiscard]] std::string text() const override { return text_; }

private:
    std::string text_;
    bool& is_gone_;
};

TEST(make_as, makes_a_derived_object_that_is_owned_as_its_base) {
    bool is_gone = false;
    const std::string second = "b";
    auto made =
        paipa::detail::make_as<base, derived>(std::make_unique<std::string>("a"), second, is_gone);
    static_assert(std::is_same_v<decltype(made), std::unique_ptr<base>>);
    EXPECT_EQ(made->text(), "ab");
    EXPECT_EQ(second, "b");
    made.reset();
    EXPECT_TRUE(is_gone);
}

}  // namespace
