#include "wanted_pages.hpp"

#include <paipa/generator.hpp>

#include "error.hpp"
#include "progress.hpp"
#include "stored_pages.hpp"
#include "url.hpp"
#include "url_list.hpp"
#include "url_source.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>

namespace fetch {

namespace {

constexpr std::uint64_t shown_lines = 20;

}  // namespace

wanted_pages::wanted_pages(url_source source, stored_pages& stored, progress_counters& counters)
    : source_(std::move(source)), stored_(stored), counters_(counters) {
    show_total();
    counters_.is_total_known = source_.size.has_value();
}

// Of a file the lines are known that are still to come, unless it has changed.
void wanted_pages::show_total() {
    const std::uint64_t expected = source_.size.value_or(0);
    counters_.total = std::max(wanted_, expected - std::min(left_out_, expected));
}

paipa::generator<page_url> wanted_pages::pages(std::stop_token stop, sayer say) {
    while (!is_closed_) {
        std::optional<list_line> line;
        try {
            line = source_.next(stop);
        } catch (const input_error&) {
            tally_.error = std::current_exception();
        }
        if (!line) {
            break;
        }
        const bool is_one = is_wanted(*line, say);
        ++(is_one ? wanted_ : left_out_);
        show_total();
        if (is_one) {
            co_yield std::get<page_url>(std::move(*line));
        }
    }
    if (!stop.stop_requested() && !is_closed_) {
        counters_.total = wanted_;
        counters_.is_total_known = true;
    }
}

bool wanted_pages::is_wanted(const list_line& line, const sayer& say) {
    if (const auto* const bad = std::get_if<bad_line>(&line)) {
        if (++tally_.bad_lines <= shown_lines) {
            say("paipa-fetch: " + bad->text);
        }
        if (tally_.bad_lines == shown_lines) {
            say("paipa-fetch: further lines of this kind are counted, not shown");
        }
        return false;
    }
    const auto* const page = std::get_if<page_url>(&line);
    if (page == nullptr) {
        return false;
    }
    const bool is_stored = stored_.has(page->text);
    tally_.stored_before += is_stored ? 1 : 0;
    return !is_stored;
}

}  // namespace fetch
