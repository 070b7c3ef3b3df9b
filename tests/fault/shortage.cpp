#include "shortage.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

// The thread sanitizer of clang has an operator new that cannot be replaced.
#if defined(__clang__)
#if __has_feature(thread_sanitizer)
#define PAIPA_OWN_NEW 0
#endif
#endif
#ifndef PAIPA_OWN_NEW
#define PAIPA_OWN_NEW 1
#endif

namespace {

constexpr long plenty = std::numeric_limits<long>::max() / 2;

std::atomic<long> left{plenty};   // allocations until the shortage begins
std::atomic<long> last{-plenty};  // below it, they work again
std::atomic<bool> felt{false};

[[maybe_unused]] void* allocate(std::size_t size, std::size_t alignment) {
    const long now = left.fetch_sub(1, std::memory_order_relaxed);
    if (now <= 0 && now > last.load(std::memory_order_relaxed)) {
        felt.store(true);
        throw std::bad_alloc();
    }
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    void* const memory = alignment <= alignof(std::max_align_t)
                             ? std::malloc(size == 0 ? 1 : size)
                             : std::aligned_alloc(alignment, whole);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

namespace fault {

shortage::shortage(long nth, long length) noexcept {
    felt.store(false);
    last.store(-length);
    left.store(nth - 1);
}

shortage::~shortage() {
    end();
}

void shortage::end() noexcept {
    left.store(plenty);
}

bool shortage::was_felt() noexcept {
    return felt.load();
}

bool shortage::is_possible() noexcept {
    return PAIPA_OWN_NEW != 0;
}

}  // namespace fault

#if PAIPA_OWN_NEW

void* operator new(std::size_t size) {
    return allocate(size, 1);
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

#endif
