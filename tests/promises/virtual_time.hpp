#ifndef PAIPA_TESTS_PROMISES_VIRTUAL_TIME_HPP
#define PAIPA_TESTS_PROMISES_VIRTUAL_TIME_HPP
#include <paipa/abstract_step.hpp>
#include <paipa/log.hpp>
#include <paipa/options.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace promises {

/// Each test runs for a few seeds: the order of events differs, the times must not.
class virtual_time : public testing::TestWithParam<std::uint64_t> {
protected:
    void run(const std::function<void()>& body) {
        paipa::set_log_hook([](paipa::log_level, std::string_view) {});
        sim.run(body);
        paipa::set_log_hook({});
    }

    [[nodiscard]] paipa::pipeline_options options() { return {.quiet = true, .runtime = &sim}; }

    paipa::testing::simulation sim{GetParam()};
    std::vector<paipa::duration> times;  // fibers share one thread
};

/// Every item takes ten seconds.
struct slow final : paipa::abstract_step<int> {
    explicit slow(bool* s = nullptr) : slept(s) {}

    void process(int) override {
        const bool whole = self().sleep_for(std::chrono::seconds{10});
        if (slept != nullptr) {
            *slept = whole;
        }
    }

    bool* slept;
};

}  // namespace promises

#endif
