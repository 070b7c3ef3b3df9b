#ifndef PAIPA_TESTS_PROMISES_ON_THREADS_HPP
#define PAIPA_TESTS_PROMISES_ON_THREADS_HPP
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace promises {

/// Threads as ever; a test's runtime overrides what it wants to see or to change.
class on_threads : public paipa::runtime {
public:
    on_threads() : runtime(false) {}

    std::unique_ptr<thread> spawn(const std::string& name, std::function<void()> body) override {
        return threads_.spawn(name, std::move(body));
    }

    paipa::time_point now() noexcept override { return threads_.now(); }

    paipa::seat& here() override { return threads_.here(); }

    void park(paipa::time_point until) override { threads_.park(until); }

    void unpark(paipa::seat& where) noexcept override { threads_.unpark(where); }

    void yield() noexcept override { threads_.yield(); }

private:
    paipa::runtime& threads_ = paipa::default_runtime();
};

}  // namespace promises
#endif
