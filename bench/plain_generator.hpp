#ifndef PAIPA_BENCH_PLAIN_GENERATOR_HPP
#define PAIPA_BENCH_PLAIN_GENERATOR_HPP
#include <coroutine>
#include <exception>
#include <iterator>
#include <memory>
#include <utility>

namespace bench {

/// What `std::generator` of C++23 does at its simplest: one resumption an item, nothing else.
template <class T>
class plain_generator {
public:
    struct promise_type {
        const T* value = nullptr;

        plain_generator get_return_object() { return plain_generator(handle::from_promise(*this)); }

        std::suspend_always initial_suspend() noexcept { return {}; }

        std::suspend_always final_suspend() noexcept { return {}; }

        std::suspend_always yield_value(const T& item) noexcept {
            value = std::addressof(item);
            return {};
        }

        void return_void() noexcept {}

        [[noreturn]] void unhandled_exception() { throw; }
    };

    class iterator {
    public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;

        explicit iterator(std::coroutine_handle<promise_type> body) : body_(body) {}

        const T& operator*() const { return *body_.promise().value; }

        iterator& operator++() {
            body_.resume();
            return *this;
        }

        void operator++(int) { ++*this; }

        friend bool operator==(const iterator& i, std::default_sentinel_t) {
            return i.body_.done();
        }

    private:
        std::coroutine_handle<promise_type> body_;
    };

    plain_generator(plain_generator&& other) noexcept : body_(std::exchange(other.body_, {})) {}

    plain_generator& operator=(plain_generator&&) = delete;
    plain_generator(const plain_generator&) = delete;
    plain_generator& operator=(const plain_generator&) = delete;

    ~plain_generator() {
        if (body_) {
            body_.destroy();
        }
    }

    iterator begin() {
        body_.resume();
        return iterator(body_);
    }

    std::default_sentinel_t end() const { return {}; }

private:
    using handle = std::coroutine_handle<promise_type>;

    explicit plain_generator(handle body) : body_(body) {}

    handle body_;
};

}  // namespace bench

#endif
