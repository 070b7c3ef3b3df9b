#ifndef PAIPA_TESTING_FAULT_INJECTION_HPP
#define PAIPA_TESTING_FAULT_INJECTION_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace paipa::testing {

/// What a `fault_at` throws.
struct injected_fault final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Lets a number of calls of `pass` through, then throws in one.
///
/// Threads: `pass` may be called from any thread; exactly one call throws.
/// Example: `paipa::testing::fault_at third(3); step("x", [&](int i) { third.pass(); return i; })`
class fault_at {
public:
    /// The `nth` call throws, counted from 1; 0: none.
    explicit fault_at(std::size_t nth) noexcept : left_(static_cast<long>(nth)) {}

    void pass() {
        if (left_.fetch_sub(1) == 1) {
            throw injected_fault("injected fault");
        }
    }

    /// Whether the call that throws has happened.
    [[nodiscard]] bool is_blown() const noexcept { return left_.load() <= 0 && armed_; }

private:
    std::atomic<long> left_;
    bool armed_ = left_.load() > 0;
};

/// A runtime that refuses to start one thread, as an operating system at its limit does; everything
/// else is done by another runtime.
class thread_refusal final : public runtime {
public:
    /// The `nth` thread is refused, counted from 1.
    explicit thread_refusal(std::size_t nth, runtime& real = default_runtime())
        : runtime(real.is_simulated()), left_(static_cast<long>(nth)), real_(real) {}

    std::unique_ptr<thread> spawn(const std::string& name, std::function<void()> body) override {
        if (left_.fetch_sub(1) == 1) {
            throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again),
                                    "injected: no thread");
        }
        return real_.spawn(name, std::move(body));
    }

    time_point now() noexcept override { return real_.now(); }

    seat& here() override { return real_.here(); }

    void park(time_point until) override { real_.park(until); }

    void unpark(seat& where) noexcept override { real_.unpark(where); }

    void yield() noexcept override { real_.yield(); }

protected:
    void do_point() override { real_.point(); }

private:
    std::atomic<long> left_;
    runtime& real_;
};

}  // namespace paipa::testing

#pragma GCC diagnostic pop
#endif
