#ifndef PAIPA_TESTS_UNIT_OBSERVE_DEBUGGER_CASE_HPP
#define PAIPA_TESTS_UNIT_OBSERVE_DEBUGGER_CASE_HPP
#include <paipa/consume.hpp>
#include <paipa/generator.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../combine_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// Keeps what it is shown.
struct keeping final : paipa::reporter {
    void show(std::span<const paipa::step_record> steps) override {
        shown.emplace_back(steps.begin(), steps.end());
    }

    std::vector<std::vector<paipa::step_record>> shown;
};

/// Chains under a debugger that reports only at the end, unless told otherwise.
class debugger_case : public testing::Test {
protected:
    ~debugger_case() override { paipa::set_log_hook({}); }

    [[nodiscard]] paipa::runtime_debugger watching(paipa::duration every = std::chrono::hours{
                                                       1}) const {
        return paipa::runtime_debugger{{.every = every, .reporters = {reports}}};
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const paipa::step_record& r : last()) {
            all.push_back(r.name);
        }
        return all;
    }

    [[nodiscard]] std::vector<std::uint64_t> counts() const {
        std::vector<std::uint64_t> all;
        for (const paipa::step_record& r : last()) {
            all.push_back(r.count);
        }
        return all;
    }

    [[nodiscard]] const std::vector<paipa::step_record>& last() const {
        return reports->shown.at(0);
    }

    /// Walks a chain in a simulation, with a debugger that goes by its clock; the steps' run times.
    template <class Make>
    [[nodiscard]] std::vector<paipa::duration> run_times(Make make) {
        sim.run([&] {
            paipa::consume(make(paipa::runtime_debugger{
                {.every = std::chrono::hours{1000}, .reporters = {reports}, .runtime = &sim}}));
        });
        std::vector<paipa::duration> all;
        for (const paipa::step_record& r : last()) {
            all.push_back(r.run_time);
        }
        return all;
    }

    paipa::testing::simulation sim;
    std::shared_ptr<keeping> reports = std::make_shared<keeping>();
};

inline paipa::generator<std::string> as_text(paipa::generator<int> numbers) {
    for (const int n : numbers) {
        co_yield std::to_string(n);
    }
}

/// Work that nothing optimises away.
inline void burn(int rounds) {
    volatile int sum = 0;
    for (int i = 0; i < rounds; ++i) {
        sum = sum + i;
    }
}

#endif
