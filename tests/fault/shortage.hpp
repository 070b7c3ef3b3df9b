#ifndef PAIPA_TESTS_FAULT_SHORTAGE_HPP
#define PAIPA_TESTS_FAULT_SHORTAGE_HPP

// `operator new` that fails on demand; shortage.cpp replaces the global one.

namespace fault {

/// While it lives, the nth allocation from now on and the `length - 1` after it fail.
class shortage {
public:
    shortage(long nth, long length) noexcept;
    shortage(const shortage&) = delete;
    shortage& operator=(const shortage&) = delete;
    ~shortage();

    /// Everything works again from now on.
    static void end() noexcept;

    /// Some allocation has failed.
    [[nodiscard]] static bool was_felt() noexcept;

    /// False where a sanitizer insists on its own allocations.
    [[nodiscard]] static bool is_possible() noexcept;
};

}  // namespace fault
#endif
