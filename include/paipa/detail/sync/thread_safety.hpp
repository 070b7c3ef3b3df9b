#ifndef PAIPA_DETAIL_SYNC_THREAD_SAFETY_HPP
#define PAIPA_DETAIL_SYNC_THREAD_SAFETY_HPP

/// The attributes of clang's thread safety analysis (`-Wthread-safety`), which checks at compile
/// time that a field is only used while its mutex is held.
///
/// They are macros because other compilers warn about the attributes, and because an attribute
/// between double brackets stands where it cannot name a parameter or a later member.
///
/// Source: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#ifdef __clang__
#define PAIPA_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define PAIPA_THREAD_SAFETY(attribute)
#endif

// Types
/// A class whose objects can be held, like a mutex.
#define PAIPA_CAPABILITY(name) PAIPA_THREAD_SAFETY(capability(name))
/// A class whose objects hold a mutex from their constructor to their destructor.
#define PAIPA_SCOPED_CAPABILITY PAIPA_THREAD_SAFETY(scoped_lockable)

// Fields
/// The field is only used while this mutex is held.
#define PAIPA_GUARDED_BY(mutex) PAIPA_THREAD_SAFETY(guarded_by(mutex))

// Functions; without an argument the mutex is the object itself
/// The caller holds the mutex, before the call and after it.
#define PAIPA_REQUIRES(...) PAIPA_THREAD_SAFETY(requires_capability(__VA_ARGS__))
#define PAIPA_ACQUIRE(...) PAIPA_THREAD_SAFETY(acquire_capability(__VA_ARGS__))
#define PAIPA_RELEASE(...) PAIPA_THREAD_SAFETY(release_capability(__VA_ARGS__))
/// The first argument is what the function returns when it has acquired the mutex.
#define PAIPA_TRY_ACQUIRE(...) PAIPA_THREAD_SAFETY(try_acquire_capability(__VA_ARGS__))
/// The caller holds the mutex, which the analysis cannot know.
#define PAIPA_ASSERT_CAPABILITY(...) PAIPA_THREAD_SAFETY(assert_capability(__VA_ARGS__))
/// The function returns this mutex.
#define PAIPA_RETURN_CAPABILITY(mutex) PAIPA_THREAD_SAFETY(lock_returned(mutex))
/// The body is not checked; the reason stands beside it.
#define PAIPA_NO_THREAD_SAFETY_ANALYSIS PAIPA_THREAD_SAFETY(no_thread_safety_analysis)

#endif
