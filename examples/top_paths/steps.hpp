#ifndef PAIPA_TOP_PATHS_STEPS_HPP
#define PAIPA_TOP_PATHS_STEPS_HPP

#include <paipa/paipa.hpp>

#include "access_log.hpp"
#include "blocks.hpp"
#include "malformed_log.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace top_paths {

/// Which requests count.
struct selection {
    std::optional<int> status{};
    std::optional<std::string> method{};

    [[nodiscard]] bool accepts(const request& r) const {
        return (!status || r.status == *status) && (!method || r.method == *method);
    }
};

/// What was asked for, and how much was sent.
struct traffic {
    std::uint64_t requests = 0;
    std::uint64_t bytes = 0;

    traffic& operator+=(const traffic& more) {
        requests += more.requests;
        bytes += more.bytes;
        return *this;
    }
};

/// Looks names up by a view, without making a string of it.
struct name_hash : std::hash<std::string_view> {
    using is_transparent = void;
};

using traffic_by_path = std::unordered_map<std::string, traffic, name_hash, std::equal_to<>>;

/// A line of the table.
struct ranked_path {
    std::string path;
    traffic total{};
    double share = 0;  // of all requests that count, from 0 to 1
};

/// Adds the requests up, and yields one table at their end.
paipa::generator<traffic_by_path> group(paipa::generator<request> requests);

/// Merges the tables; yields the `top` paths with most requests, those with as many by name.
paipa::generator<ranked_path> rank(paipa::generator<traffic_by_path> tables, std::size_t top);

/// Blocks of a log in, one table of its traffic out. `malformed` must outlive the run.
inline auto count_steps(const selection& wanted, malformed_log& malformed) {
    const auto parse = [&malformed](const line& l) {
        const std::optional<request> found = parse_request(l.text);
        if (!found) {
            malformed.add(l);
        }
        return found;  // nothing: the step skips this line
    };
    const auto select = [wanted](const request& r) { return wanted.accepts(r); };
    return paipa::step("lines", paipa::flat_map(lines_of)) | paipa::step("parse", parse) |
           paipa::step("select", paipa::filter(select)) | paipa::iter_step("group", group);
}

/// Tables in, the top paths out.
inline auto rank_step(std::size_t top) {
    return paipa::iter_step("rank", [top](paipa::generator<traffic_by_path> tables) {
        return rank(std::move(tables), top);
    });
}

}  // namespace top_paths

#endif
