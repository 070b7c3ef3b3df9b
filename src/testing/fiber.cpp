#include "fiber.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <cxxabi.h>
#include <functional>
#include <new>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PAIPA_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define PAIPA_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define PAIPA_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define PAIPA_TSAN 1
#endif

#ifdef PAIPA_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef PAIPA_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace paipa::testing {
namespace {

constexpr std::size_t stack_bytes = std::size_t{256} * 1024;

std::size_t page_size() {
    return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

fiber::fiber(std::function<void()> body)
    : body_(std::move(body)), stack_size_(stack_bytes + page_size()) {
    void* const memory = ::mmap(nullptr, stack_size_, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::bad_alloc();
    }
    stack_ = static_cast<std::byte*>(memory);
    ::mprotect(stack_, page_size(), PROT_NONE);  // an overflow faults at once
    ::getcontext(&inside_);
    inside_.uc_stack.ss_sp = stack_ + page_size();
    inside_.uc_stack.ss_size = stack_bytes;
    inside_.uc_link = nullptr;
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    ::makecontext(&inside_, reinterpret_cast<void (*)()>(&fiber::start), 2,
                  static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
#ifdef PAIPA_TSAN
    tsan_fiber_ = __tsan_create_fiber(0);
#endif
}

fiber::~fiber() {
#ifdef PAIPA_TSAN
    __tsan_destroy_fiber(tsan_fiber_);
#endif
    ::munmap(stack_, stack_size_);
}

void fiber::start(unsigned high, unsigned low) {
    const std::uintptr_t self = (static_cast<std::uintptr_t>(high) << 32) | low;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): makecontext passes int arguments only
    reinterpret_cast<fiber*>(self)->body();
}

void fiber::body() {
#ifdef PAIPA_ASAN
    __sanitizer_finish_switch_fiber(nullptr, &host_stack_, &host_stack_size_);
#endif
    body_();
    body_ = nullptr;
    ended_ = true;
    switch_out(true);
}

void fiber::swap_exceptions(exceptions& mine) noexcept {
    exceptions now;
    void* const globals = abi::__cxa_get_globals();
    std::memcpy(&now, globals, sizeof now);
    std::memcpy(globals, &mine, sizeof mine);
    mine = now;
}

void fiber::enter() {
    swap_exceptions(exceptions_);
    switch_in();
    swap_exceptions(exceptions_);
}

void fiber::switch_in() {
#ifdef PAIPA_ASAN
    void* host_fake = nullptr;
    __sanitizer_start_switch_fiber(&host_fake, stack_ + page_size(), stack_bytes);
#endif
#ifdef PAIPA_TSAN
    tsan_host_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(tsan_fiber_, 0);
#endif
    ::swapcontext(&host_, &inside_);
#ifdef PAIPA_ASAN
    __sanitizer_finish_switch_fiber(host_fake, nullptr, nullptr);
#endif
}

void fiber::leave() {
    switch_out(false);
}

void fiber::switch_out([[maybe_unused]] bool for_good) {
#ifdef PAIPA_ASAN
    __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_stack_, host_stack_,
                                   host_stack_size_);
#endif
#ifdef PAIPA_TSAN
    __tsan_switch_to_fiber(tsan_host_, 0);
#endif
    ::swapcontext(&inside_, &host_);
#ifdef PAIPA_ASAN
    __sanitizer_finish_switch_fiber(fake_stack_, &host_stack_, &host_stack_size_);
#endif
}

}  // namespace paipa::testing
