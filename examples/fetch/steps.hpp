#ifndef PAIPA_FETCH_STEPS_HPP
#define PAIPA_FETCH_STEPS_HPP

#include <paipa/abstract_step.hpp>

#include "http_client.hpp"
#include "page.hpp"
#include "progress.hpp"
#include "store.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace fetch {

/// Failures of URLs: failed attempts, and URLs that failed for good on their way from the
/// downloading threads to the storing one.
///
/// Threads: all members may be called concurrently.
class failure_log {
public:
    void add_failed_attempt(const std::string& url);
    /// The URL has failed for good. What `add_failed_attempt` counted was all of its tries, or all
    /// but the last one.
    void add_dead(const std::string& url, const std::string& reason, bool last_try_is_counted);
    /// The URL has been downloaded.
    void forget(const std::string& url);

    /// The URLs that failed for good since the last call.
    [[nodiscard]] std::vector<dead_url> take_dead();

private:
    std::mutex mutex_;                                 // guards everything below
    std::unordered_map<std::string, unsigned> tries_;  // of URLs that may be tried again
    std::vector<dead_url> dead_;
};

/// What the steps of one run share; outlives them.
struct job_context {
    client_options client;
    store& database;
    progress_counters counters{};
    failure_log failures{};
    std::atomic<bool> is_interrupted{false};  // no new URL begins
};

/// Downloads URLs. Each worker has a client of its own, and so keeps its connections.
///
/// Shape:  a URL in, its page out; none when it failed in a way that no other try can cure.
/// Errors: `transient_error` where another try may help: the step's retry policy decides.
class download final : public paipa::abstract_step<const std::string&, page, std::optional<page>> {
public:
    explicit download(job_context* context) : context_(*context) {}

    void thread_initialize() override { client_ = std::make_unique<http_client>(context_.client); }

    std::optional<page> process(const std::string& url) override;

    void thread_shutdown() override { client_.reset(); }

private:
    job_context& context_;
    std::unique_ptr<http_client> client_;  // from thread_initialize to thread_shutdown
};

/// Stores chunks of pages, each in one transaction, and what has failed meanwhile with them.
///
/// Errors: `database_error`, which ends the run.
class save final : public paipa::abstract_step<std::vector<page>> {
public:
    explicit save(job_context* context) : context_(*context) {}

    void process(std::vector<page> pages) override;

    void in_queue_empty() override { store_all({}); }  // failures alone

    void thread_shutdown() override;

private:
    void store_all(const std::vector<page>& pages);

    job_context& context_;
    bool has_failed_ = false;  // the database is of no use any more
};

}  // namespace fetch

#endif
