#include <paipa/detail/support/coroutine_memory.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <utility>
#include <vector>

namespace {

/// Counts what it gives and gets back.
class counting_resource final : public std::pmr::memory_resource {
public:
    std::size_t given = 0;
    std::size_t calls = 0;
    std::size_t alignment = 0;  // of the last allocation

private:
    void* do_allocate(std::size_t bytes, std::size_t align) override {
        given += bytes;
        ++calls;
        alignment = align;
        return std::pmr::new_delete_resource()->allocate(bytes, align);
    }

    void do_deallocate(void* p, std::size_t bytes, std::size_t align) override {
        given -= bytes;
        std::pmr::new_delete_resource()->deallocate(p, bytes, align);
    }

    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
        return this == &other;
    }
};

/// The least coroutine whose frame this memory holds. It never runs.
template <class Allocator, class Item>
struct idle {
    struct promise_type : paipa::detail::coroutine_memory<Allocator, Item> {
        idle get_return_object() noexcept {
            return idle{std::coroutine_handle<promise_type>::from_promise(*this)};
        }

        std::suspend_always initial_suspend() noexcept { return {}; }

        std::suspend_always final_suspend() noexcept { return {}; }

        void return_void() noexcept {}

        void unhandled_exception() noexcept {}
    };

    explicit idle(std::coroutine_handle<promise_type> h) noexcept : frame(h) {}

    idle(idle&& other) noexcept : frame(std::exchange(other.frame, {})) {}

    idle(const idle&) = delete;
    idle& operator=(const idle&) = delete;
    idle& operator=(idle&&) = delete;

    ~idle() {
        if (frame) {
            frame.destroy();
        }
    }

    std::coroutine_handle<promise_type> frame;
};

using bytes = std::pmr::polymorphic_allocator<std::byte>;

/// Not trivial to copy: g++ has a word to say on how it passes other aligned parameters.
struct alignas(32) wide {
    wide() = default;

    wide(const wide& other) noexcept : n(other.n) {}

    wide& operator=(const wide&) = delete;
    ~wide() = default;

    int n = 0;
};

template <class Allocator, class Item>
idle<Allocator, Item> plain() {
    co_return;
}

template <class Item>
idle<void, Item> from(std::allocator_arg_t, bytes, int) {
    co_return;
}

idle<bytes, int> from_its_own(std::allocator_arg_t, bytes) {
    co_return;
}

struct with_member {
    idle<void, int> member(std::allocator_arg_t, bytes) const { co_return; }
};

idle<void, int> with_wide_parameter(wide) {
    co_return;
}

bool is_aligned(const void* at, std::size_t alignment) {
    return reinterpret_cast<std::uintptr_t>(at) % alignment == 0;
}

TEST(coroutine_memory, comes_from_the_allocator_that_is_passed_and_goes_back_to_it) {
    counting_resource memory;
    {
        const auto one = from<int>(std::allocator_arg, &memory, 1);
        EXPECT_EQ(memory.calls, 1U);
        EXPECT_GT(memory.given, 0U);
        const auto other = from<int>(std::allocator_arg, &memory, 2);
        EXPECT_EQ(memory.calls, 2U);
    }
    EXPECT_EQ(memory.given, 0U);
}

TEST(coroutine_memory, takes_an_allocator_for_a_member_function_too) {
    counting_resource memory;
    {
        const with_member object;
        const auto made = object.member(std::allocator_arg, &memory);
        EXPECT_EQ(memory.calls, 1U);
    }
    EXPECT_EQ(memory.given, 0U);
}

TEST(coroutine_memory, takes_the_allocator_of_its_type) {
    counting_resource memory;
    {
        const auto made = from_its_own(std::allocator_arg, &memory);
        EXPECT_EQ(memory.calls, 1U);
    }
    EXPECT_EQ(memory.given, 0U);
}

TEST(coroutine_memory, comes_from_a_default_allocator_where_none_is_passed) {
    counting_resource memory;
    std::pmr::memory_resource* const before = std::pmr::set_default_resource(&memory);
    {
        const auto made = plain<bytes, int>();
        EXPECT_EQ(memory.calls, 1U);
    }
    std::pmr::set_default_resource(before);
    EXPECT_EQ(memory.given, 0U);
    const auto on_the_heap = plain<void, int>();
    EXPECT_TRUE(on_the_heap.frame);
}

TEST(coroutine_memory, is_aligned_for_the_item) {
    std::vector<idle<void, wide>> all;
    for (int i = 0; i < 8; ++i) {
        all.push_back(plain<void, wide>());
        EXPECT_TRUE(is_aligned(all.back().frame.address(), alignof(wide)));
    }
    counting_resource memory;
    const auto made = from<wide>(std::allocator_arg, &memory, 1);
    EXPECT_EQ(memory.alignment, alignof(wide));
}

TEST(coroutine_memory, is_aligned_for_the_parameters) {
    std::vector<idle<void, int>> all;
    for (int i = 0; i < 8; ++i) {
        all.push_back(with_wide_parameter(wide()));
        EXPECT_TRUE(is_aligned(all.back().frame.address(), alignof(wide)));
    }
}

}  // namespace
