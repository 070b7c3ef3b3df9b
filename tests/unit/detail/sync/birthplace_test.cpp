#include <paipa/detail/sync/birthplace.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace {

/// What `ask` says in a forked copy of this process.
template <class F>
bool in_a_copy(F ask) {
    const pid_t copy = ::fork();
    if (copy == 0) {
        ::_exit(ask() ? 1 : 0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(copy, &status, 0), copy);
    EXPECT_TRUE(WIFEXITED(status));
    return WEXITSTATUS(status) == 1;
}

TEST(birthplace, is_nowhere_else_before_it_is_noted) {
    const paipa::detail::birthplace place;
    EXPECT_FALSE(place.is_elsewhere());
    EXPECT_FALSE(in_a_copy([&] { return place.is_elsewhere(); }));
}

TEST(birthplace, is_elsewhere_in_copies_of_the_process) {
    paipa::detail::birthplace place;
    place.note();
    EXPECT_FALSE(place.is_elsewhere());
    EXPECT_TRUE(in_a_copy([&] { return place.is_elsewhere(); }));
    EXPECT_TRUE(in_a_copy([&] { return in_a_copy([&] { return place.is_elsewhere(); }); }));
    EXPECT_FALSE(place.is_elsewhere());
}

TEST(birthplace, is_here_where_a_copy_notes_it) {
    paipa::detail::birthplace place;
    place.note();
    EXPECT_FALSE(in_a_copy([&] {
        place.note();
        return place.is_elsewhere();
    }));
}

TEST(birthplace, may_be_noted_in_a_copy_first) {
    paipa::detail::birthplace place;
    EXPECT_TRUE(in_a_copy([&] {
        place.note();
        return !place.is_elsewhere() && in_a_copy([&] { return place.is_elsewhere(); });
    }));
}

}  // namespace
