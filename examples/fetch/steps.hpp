#ifndef PAIPA_FETCH_STEPS_HPP
#define PAIPA_FETCH_STEPS_HPP

#include <paipa/abstract_step.hpp>

#include "http_client.hpp"
#include "page.hpp"
#include "progress.hpp"
#include "store.hpp"
#include "url.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace fetch {

/// URLs that failed for good, on their way from the downloading threads to the storing one.
///
/// Threads: all members may be called concurrently.
class dead_urls {
public:
    void add(dead_url one);

    /// Those since the last call.
    [[nodiscard]] std::vector<dead_url> take();

private:
    std::mutex mutex_;  // guards dead_
    std::vector<dead_url> dead_;
};

/// What the steps of one run share; outlives them.
struct job_context {
    client_options client;
    store& database;
    progress_counters counters{};
    dead_urls dead{};
    std::atomic<bool> has_lost_database{false};  // it is of no use any more
};

/// Downloads URLs. Each worker has a client of its own, and so keeps its connections.
///
/// Shape:  a URL in, its page out.
/// Errors: those of `http_client::get`, but `paipa::retry_after` for a server that is busy. The
///         step's retry policy and failure rules decide.
class download final : public paipa::abstract_step<const page_url&, page> {
public:
    explicit download(job_context* context) : context_(*context) {}

    void thread_initialize() override { client_ = std::make_unique<http_client>(context_.client); }

    page process(const page_url& url) override;

    void thread_shutdown() override { client_.reset(); }

private:
    job_context& context_;
    std::unique_ptr<http_client> client_;  // from thread_initialize to thread_shutdown
};

/// Stores chunks of pages, each in one transaction, and what has failed meanwhile with them.
///
/// Errors: `database_error` and `lost_error`, which end the run.
class save final : public paipa::abstract_step<std::vector<page>> {
public:
    explicit save(job_context* context) : context_(*context) {}

    void thread_initialize() override { context_.database.stop_waiting_on(self().stop_token()); }

    void process(std::vector<page> pages) override;

    void in_queue_empty() override { store_all({}); }  // failures alone

    void thread_shutdown() override;

private:
    void store_all(const std::vector<page>& pages);

    job_context& context_;
};

}  // namespace fetch

#endif
