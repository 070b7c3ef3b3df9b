#ifndef PAIPA_FETCH_JOB_HPP
#define PAIPA_FETCH_JOB_HPP

#include <paipa/report.hpp>

#include "http_client.hpp"
#include "options.hpp"
#include "signals.hpp"
#include "store.hpp"
#include "url_source.hpp"
#include "wanted_pages.hpp"

#include <cstdint>
#include <exception>

namespace fetch {

/// What came of a run.
struct job_result {
    std::uint64_t asked = 0;     // URLs, as far as the list was known
    bool is_list_known = false;  // to its end
    list_tally list;             // what was not asked
    std::uint64_t stored = 0;
    std::uint64_t failed = 0;           // URLs, for good
    std::uint64_t failed_attempts = 0;  // of these and of others
    std::uint64_t bytes = 0;            // of the stored bodies
    int interrupted_by = 0;             // the first signal's number, 0: none came
    std::exception_ptr failure;         // that ended it; null: none
    paipa::report report;
};

/// Downloads what `database` has not yet of `urls` into it: the pipeline of this program.
///
/// The first signal drains the pipeline: what has begun is finished. The second one cancels it,
/// the third one ends the process.
/// Errors: what ended the run is in the result; whole transactions are stored.
job_result run_job(const options& chosen, const client_options& client, store& database,
                   signal_watcher& signals, url_source urls);

}  // namespace fetch

#endif
