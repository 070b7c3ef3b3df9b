#include "support.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <ranges>

// Items lie where their type's alignment wants them: in edges and boxes, and in generators' frames.

namespace {

using namespace promises;

class alignment : public with_threads {};

PAIPA_WITH_THREADS(alignment);

/// Says at each end of its life whether it lies where it must.
struct alignas(256) wide {
    explicit wide(int x) : value(x) { look(); }

    wide(const wide& other) : value(other.value) { look(); }

    wide& operator=(const wide&) = default;

    ~wide() { look(); }

    void look() const {
        const void* const volatile place = this;  // else the compiler knows the answer
        misplaced += reinterpret_cast<std::uintptr_t>(place) % alignof(wide) != 0 ? 1 : 0;
    }

    static inline std::atomic<int> misplaced = 0;
    int value;
};

/// Keeps one in its frame, and yields copies.
paipa::generator<wide> twice_wide(paipa::generator<wide> in) {
    for (auto&& x : in) {
        const wide here = x;
        co_yield here;
        co_yield here;
    }
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored \
    "-Wmismatched-new-delete"  // g++ 12 takes our own pair for a mismatch
#endif

/// Has one as a parameter, and yields something else.
paipa::generator<int> value_of(wide x) {
    co_yield x.value;
}

TEST_P(alignment, is_as_the_type_of_an_item_says) {
    bag<int> seen;
    const auto pass = [](wide x) { return x; };
    const auto odd_fail = [](const wide& x) { return x.value % 2 == 1 ? throw 1 : wide(x); };
    const auto flow =
        paipa::step("a", pass, {.threads = threads(), .ordered = true}) |
        paipa::step("b", odd_fail,
                    {.retry = {.attempts = 2}, .on_failure = paipa::failure_action::dead_letter}) |
        paipa::chunk(3) | paipa::flatten() | paipa::iter_step("c", twice_wide) |
        paipa::step("d", value_of, {.threads = threads()});
    const auto make = std::views::transform([](int x) { return wide(x); });
    const auto input = std::make_shared<paipa::queue<wide>>(100);
    paipa::pipeline<wide, int> p{flow, input, {.quiet = true}};
    p.put_iterable(std::views::iota(0, 20) | make);
    input->push(wide(20));
    input->close();
    for (const int x : p.results()) {
        seen.add(x);
    }
    for (const int x : paipa::combine(std::views::iota(0, 20), make, flow)) {
        seen.add(x);
    }
    EXPECT_EQ(seen.sorted().size(), 2U * (11U + 10U));
    EXPECT_EQ(p.dead_letters().size(), 10U);
    EXPECT_EQ(wide::misplaced, 0);
}

/// Known by name only, as a parameter may be.
class unknown_here;

paipa::generator<int> beside(const unknown_here& /*other*/, void (& /*function*/)(), int x) {
    co_yield x;
}

class unknown_here {};

TEST(alignment_of_frames, needs_no_complete_parameters) {
    int sum = 0;
    for (const int x : beside(unknown_here(), *+[] {}, 3)) {
        sum += x;
    }
    EXPECT_EQ(sum, 3);
}

paipa::generator<wide> from_memory(std::allocator_arg_t, std::pmr::polymorphic_allocator<> /*m*/,
                                   int x) {
    const wide here(x);
    co_yield here;
}

TEST(alignment_of_frames, is_asked_of_allocators) {
    alignas(wide) std::array<std::byte, 8 * sizeof(wide)> bytes;
    std::pmr::monotonic_buffer_resource memory(&bytes[16], bytes.size() - 16,
                                               std::pmr::null_memory_resource());
    for (auto&& x : from_memory(std::allocator_arg, &memory, 1)) {
        EXPECT_EQ(x.value, 1);
    }
    EXPECT_EQ(wide::misplaced, 0);
}

}  // namespace
