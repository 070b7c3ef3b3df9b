#ifndef PAIPA_TESTS_UNIT_DETAIL_RUN_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_RUN_CASE_HPP
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/source.hpp>
#include <paipa/log.hpp>
#include <paipa/options.hpp>
#include <paipa/step.hpp>
#include <paipa/testing/simulation.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Runs whose parts a test looks at.

namespace run_case {

using run_pointer = std::shared_ptr<paipa::detail::run_core>;

/// `a` and `b`, which double their items and have two workers each; the results are kept.
inline run_pointer two_steps(paipa::pipeline_options options) {
    const auto twice = [](int n) { return 2 * n; };
    options.name = "p";
    options.quiet = true;
    return paipa::detail::make_run<int, int>(
        paipa::step("a", twice, {.threads = 2}) | paipa::step("b", twice, {.threads = 2}),
        std::move(options));
}

inline run_pointer two_steps(paipa::testing::simulation& sim) {
    return two_steps(paipa::pipeline_options{.runtime = &sim});
}

inline void put(paipa::detail::run_core& run, int item) {
    paipa::detail::edge_put(run.intake(), run.site("put")).put<int>(&item, 1, paipa::never);
}

/// A source of the numbers from 0 on.
inline std::unique_ptr<paipa::detail::source_core> numbers(paipa::detail::run_core& run, int n) {
    std::vector<int> all;
    for (int i = 0; i < n; ++i) {
        all.push_back(i);
    }
    return std::make_unique<paipa::detail::range_source<int, std::vector<int>>>(
        run, "numbers", run.intake(), std::move(all));
}

/// Keeps what is logged while it lives.
class log_kept {
public:
    log_kept() {
        paipa::set_log_hook(
            [this](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    }

    log_kept(const log_kept&) = delete;
    log_kept& operator=(const log_kept&) = delete;

    ~log_kept() { paipa::set_log_hook({}); }

    std::vector<std::string> lines;
};

}  // namespace run_case
#endif
