#ifndef PAIPA_FETCH_WANTED_PAGES_HPP
#define PAIPA_FETCH_WANTED_PAGES_HPP

#include <paipa/generator.hpp>

#include "progress.hpp"
#include "stored_pages.hpp"
#include "url.hpp"
#include "url_source.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <stop_token>
#include <string>

namespace fetch {

/// What of a list need not be fetched.
struct list_tally {
    std::uint64_t stored_before = 0;
    std::uint64_t bad_lines = 0;
    std::exception_ptr error;  // why the list could not be read to its end; null: it could
};

/// Picks from a list what the database has not yet.
///
/// Threads: one thread at a time, but for `close`; the tally may be read when the run has ended.
class wanted_pages {
public:
    using sayer = std::function<void(const std::string&)>;

    /// `stored` and `counters` must outlive this. The counters tell the total from now on.
    wanted_pages(url_source source, stored_pages& stored, progress_counters& counters);

    /// The pages, as the list comes; ends early when the stop is requested, or after `close`. `say`
    /// gets a line of text for each bad line, the first few of them.
    /// Errors: those of `stored_pages`. Where the list cannot be read it ends, and the tally says
    /// why.
    paipa::generator<page_url> pages(std::stop_token stop, sayer say);

    /// No page is wanted any more. Any thread.
    void close() noexcept { is_closed_ = true; }

    [[nodiscard]] const list_tally& tally() const noexcept { return tally_; }

private:
    bool is_wanted(const list_line& line, const sayer& say);
    void show_total();

    url_source source_;
    stored_pages& stored_;
    progress_counters& counters_;
    list_tally tally_;
    std::uint64_t wanted_ = 0;            // lines
    std::uint64_t left_out_ = 0;          // lines
    std::atomic<bool> is_closed_{false};  // nothing else is handed over by it
};

}  // namespace fetch

#endif
