#include "steps.hpp"

#include <paipa/generator.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace top_paths {

namespace {

bool comes_before(const ranked_path& a, const ranked_path& b) {
    return a.total.requests != b.total.requests ? a.total.requests > b.total.requests
                                                : a.path < b.path;
}

}  // namespace

paipa::generator<traffic_by_path> group(paipa::generator<request> requests) {
    traffic_by_path table;
    for (const request& r : requests) {
        auto at = table.find(r.path);
        if (at == table.end()) {
            at = table.emplace(r.path, traffic{}).first;
        }
        at->second += {.requests = 1, .bytes = r.bytes};
    }
    co_yield std::move(table);
}

paipa::generator<ranked_path> rank(paipa::generator<traffic_by_path> tables, std::size_t top) {
    traffic_by_path sums;
    for (traffic_by_path&& table : tables) {
        for (const auto& [path, part] : table) {
            sums[path] += part;
        }
    }
    traffic all;
    std::vector<ranked_path> paths;
    for (const auto& [path, total] : sums) {
        all += total;
        paths.push_back({.path = path, .total = total});
    }
    std::sort(paths.begin(), paths.end(), comes_before);
    paths.resize(std::min(top, paths.size()));
    for (ranked_path& p : paths) {
        p.share = static_cast<double>(p.total.requests) / static_cast<double>(all.requests);
        co_yield std::move(p);
    }
}

}  // namespace top_paths
