#include "url_source.hpp"

#include "url.hpp"
#include "url_list.hpp"

#include <cstddef>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace fetch {

url_source source_of(url_list& list) {
    return {.next = [&list](const std::stop_token& stop) { return list.next(stop); },
            .size = list.size()};
}

url_source source_of(std::vector<page_url> pages) {
    const std::size_t size = pages.size();
    return {.next = [pages = std::move(pages), at = std::size_t{0}](
                        const std::stop_token&) mutable -> std::optional<list_line> {
                if (at == pages.size()) {
                    return std::nullopt;
                }
                return std::move(pages[at++]);
            },
            .size = size};
}

}  // namespace fetch
