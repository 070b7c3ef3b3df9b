#include <paipa/error_filter.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>

namespace {

template <class E>
std::exception_ptr thrown(E e) {
    return std::make_exception_ptr(std::move(e));
}

TEST(error_filter, accepts_everything_by_default) {
    const paipa::error_filter all;
    EXPECT_TRUE(all.accepts_all());
    EXPECT_TRUE(all.accepts(thrown(1)));
}

TEST(error_filter, of_a_type_accepts_what_derives_from_it) {
    const auto logic = paipa::retry_on<std::logic_error>();
    EXPECT_FALSE(logic.accepts_all());
    EXPECT_TRUE(logic.accepts(thrown(std::out_of_range("x"))));
    EXPECT_FALSE(logic.accepts(thrown(std::runtime_error("x"))));
    EXPECT_TRUE(paipa::on<int>().accepts(thrown(1)));
    EXPECT_TRUE(paipa::on<const char*>().accepts(thrown<const char*>("x")));
}

TEST(error_filter, of_a_predicate_is_caught_by_its_parameter) {
    struct large {
        bool operator()(const int& x) const { return x > 9; }
    };

    const auto filter = paipa::retry_on_if(large{});
    EXPECT_TRUE(filter.accepts(thrown(10)));
    EXPECT_FALSE(filter.accepts(thrown(9)));
    EXPECT_FALSE(filter.accepts(thrown(10L)));
    EXPECT_TRUE(paipa::retry_on_if(+[](int) { return true; }).accepts(thrown(1)));
}

TEST(error_filter, joined_accepts_what_one_of_them_does) {
    const auto either = paipa::on<int>() | paipa::on<long>();
    EXPECT_TRUE(either.accepts(thrown(1)));
    EXPECT_TRUE(either.accepts(thrown(1L)));
    EXPECT_FALSE(either.accepts(thrown('a')));
    EXPECT_TRUE((either | paipa::error_filter{}).accepts_all());
    EXPECT_TRUE((paipa::error_filter{} | either).accepts_all());
}

TEST(error_filter, lets_out_what_a_predicate_throws) {
    const auto broken = paipa::retry_on_if([](int) -> bool { throw std::logic_error("broken"); });
    EXPECT_THROW((void)broken.accepts(thrown(1)), std::logic_error);
    EXPECT_FALSE(broken.accepts(thrown(1L)));
}

}  // namespace
