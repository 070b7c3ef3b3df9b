#ifndef PAIPA_FETCH_JOB_HPP
#define PAIPA_FETCH_JOB_HPP

#include <paipa/report.hpp>

#include "http_client.hpp"
#include "options.hpp"
#include "signals.hpp"
#include "store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace fetch {

/// What came of a run.
struct job_result {
    std::uint64_t asked = 0;  // URLs
    std::uint64_t stored = 0;
    std::uint64_t failed = 0;           // URLs, for good
    std::uint64_t failed_attempts = 0;  // of these and of others
    std::uint64_t bytes = 0;            // of the stored bodies
    int interrupted_by = 0;             // the first signal's number, 0: none came
    paipa::report report;
};

/// Downloads `urls` into `database`: the pipeline of this program.
///
/// The first signal drains the pipeline: what has begun is finished. The second one cancels it,
/// the third one ends the process.
/// Errors: `database_error`; whole transactions are stored.
job_result run_job(const options& chosen, const client_options& client, store& database,
                   signal_watcher& signals, std::vector<std::string> urls);

}  // namespace fetch

#endif
