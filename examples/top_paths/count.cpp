#include "count.hpp"

#include <paipa/paipa.hpp>

#include "blocks.hpp"
#include "malformed_log.hpp"
#include "steps.hpp"

#include <cstddef>
#include <istream>
#include <tuple>
#include <utility>
#include <vector>

namespace top_paths {

namespace {

std::vector<ranked_path> collect(auto&& chain) {
    std::vector<ranked_path> paths;
    for (ranked_path&& p : chain) {
        paths.push_back(std::move(p));
    }
    return paths;
}

}  // namespace

count_result count_paths(std::istream& log, const count_options& chosen) {
    malformed_log malformed;
    const auto count = count_steps(chosen.wanted, malformed);
    const auto rank = rank_step(chosen.top);
    auto blocks = read_blocks(&log, chosen.block_bytes);

    count_result result;
    if (chosen.threads) {
        // Each worker runs all of the counting steps, so only blocks and tables change threads.
        const paipa::step_options workers{.threads = *chosen.threads,
                                          .capacity = 2 * *chosen.threads};
        auto run = paipa::stream(std::move(blocks),
                                 paipa::iter_step("count", std::tuple(count), workers) | rank,
                                 {.name = "top_paths", .quiet = true});
        result.paths = collect(run);
        result.report = run.report();
    } else if (chosen.debug) {
        const paipa::runtime_debugger debugger;
        result.paths = collect(paipa::combine(debugger, std::move(blocks), count, rank));
    } else {
        result.paths = collect(paipa::combine(std::move(blocks), count, rank));
    }
    result.malformed = malformed.summary();
    return result;
}

}  // namespace top_paths
