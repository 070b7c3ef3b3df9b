#include <paipa/detail/item/type_info.hpp>

#include <gtest/gtest.h>

#include <typeinfo>

namespace {

using paipa::detail::type_info_of;

struct base {
    virtual ~base() = default;
};

struct derived final : base {};

TEST(type_info_of, tells_types_apart_at_run_time) {
    EXPECT_EQ(*type_info_of<int>(), typeid(int));
    EXPECT_EQ(*type_info_of<const int>(), typeid(int));
    EXPECT_NE(*type_info_of<int>(), *type_info_of<unsigned>());
    EXPECT_NE(*type_info_of<base>(), *type_info_of<derived>());
}

}  // namespace
