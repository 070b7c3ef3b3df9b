#ifndef PAIPA_TESTING_FIBER_HPP
#define PAIPA_TESTING_FIBER_HPP
#include <cstddef>
#include <functional>
#include <ucontext.h>

namespace paipa::testing {

/// Runs code on a stack of its own. Control can be handed to it and back. The exceptions in flight
/// and the sanitizers' notes are kept apart from those of its host.
class fiber {
public:
    explicit fiber(std::function<void()> body);
    fiber(const fiber&) = delete;
    fiber& operator=(const fiber&) = delete;
    ~fiber();

    /// From the host: runs the fiber until it calls `leave` or its body returns.
    void enter();
    /// From inside: back to the host.
    void leave();

    [[nodiscard]] bool has_ended() const noexcept { return ended_; }

private:
    /// What the C++ run-time knows of exceptions on one stack (Itanium C++ ABI, 2.2.2).
    struct exceptions {
        void* caught = nullptr;
        unsigned uncaught = 0;
    };

    static void start(unsigned high, unsigned low);
    void body();
    static void swap_exceptions(exceptions& mine) noexcept;
    void switch_in();
    void switch_out(bool for_good);

    std::function<void()> body_;
    std::byte* stack_;
    std::size_t stack_size_;
    ucontext_t inside_{};
    ucontext_t host_{};
    exceptions exceptions_;
    bool ended_ = false;
    // For the sanitizers, where they are on:
    [[maybe_unused]] void* fake_stack_ = nullptr;
    [[maybe_unused]] const void* host_stack_ = nullptr;
    [[maybe_unused]] std::size_t host_stack_size_ = 0;
    [[maybe_unused]] void* tsan_fiber_ = nullptr;
    [[maybe_unused]] void* tsan_host_ = nullptr;
};

}  // namespace paipa::testing
#endif
