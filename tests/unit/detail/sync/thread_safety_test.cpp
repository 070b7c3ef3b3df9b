#include <paipa/detail/sync/thread_safety.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace {

#define TEXT_OF(tokens) #tokens
#define EXPANDED(macro) std::string_view(TEXT_OF(macro))

TEST(thread_safety, uses_attributes_where_the_compiler_is_clang_and_nothing_elsewhere) {
#ifdef __clang__
    EXPECT_EQ(EXPANDED(PAIPA_CAPABILITY("mutex")), "__attribute__((capability(\"mutex\")))");
    EXPECT_EQ(EXPANDED(PAIPA_SCOPED_CAPABILITY), "__attribute__((scoped_lockable))");
    EXPECT_EQ(EXPANDED(PAIPA_GUARDED_BY(m)), "__attribute__((guarded_by(m)))");
    EXPECT_EQ(EXPANDED(PAIPA_REQUIRES(a, b)), "__attribute__((requires_capability(a, b)))");
    EXPECT_EQ(EXPANDED(PAIPA_ACQUIRE()), "__attribute__((acquire_capability()))");
    EXPECT_EQ(EXPANDED(PAIPA_RELEASE()), "__attribute__((release_capability()))");
    EXPECT_EQ(EXPANDED(PAIPA_TRY_ACQUIRE(true)), "__attribute__((try_acquire_capability(true)))");
    EXPECT_EQ(EXPANDED(PAIPA_ASSERT_CAPABILITY(m)), "__attribute__((assert_capability(m)))");
    EXPECT_EQ(EXPANDED(PAIPA_RETURN_CAPABILITY(m)), "__attribute__((lock_returned(m)))");
    EXPECT_EQ(EXPANDED(PAIPA_NO_THREAD_SAFETY_ANALYSIS),
              "__attribute__((no_thread_safety_analysis))");
#else
    EXPECT_EQ(EXPANDED(PAIPA_CAPABILITY("mutex")), "");
    EXPECT_EQ(EXPANDED(PAIPA_SCOPED_CAPABILITY), "");
    EXPECT_EQ(EXPANDED(PAIPA_GUARDED_BY(m)), "");
    EXPECT_EQ(EXPANDED(PAIPA_REQUIRES(a, b)), "");
    EXPECT_EQ(EXPANDED(PAIPA_ACQUIRE()), "");
    EXPECT_EQ(EXPANDED(PAIPA_RELEASE()), "");
    EXPECT_EQ(EXPANDED(PAIPA_TRY_ACQUIRE(true)), "");
    EXPECT_EQ(EXPANDED(PAIPA_ASSERT_CAPABILITY(m)), "");
    EXPECT_EQ(EXPANDED(PAIPA_RETURN_CAPABILITY(m)), "");
    EXPECT_EQ(EXPANDED(PAIPA_NO_THREAD_SAFETY_ANALYSIS), "");
#endif
}

}  // namespace
