#ifndef PAIPA_FETCH_URL_SOURCE_HPP
#define PAIPA_FETCH_URL_SOURCE_HPP

#include "url.hpp"
#include "url_list.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace fetch {

/// Where the URLs of a run come from: a list that is read while the run goes on, or one that is
/// known already.
struct url_source {
    /// The next line; nullopt behind the last one, and once the token's stop is requested.
    std::function<std::optional<list_line>(const std::stop_token&)> next;
    std::optional<std::uint64_t> size;  // lines that will come, when that is known
};

/// Reads `list`, which must outlive the source.
url_source source_of(url_list& list);

url_source source_of(std::vector<page_url> pages);

}  // namespace fetch

#endif
