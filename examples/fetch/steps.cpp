#include "steps.hpp"

#include <paipa/error.hpp>

#include "error.hpp"
#include "page.hpp"
#include "url.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace fetch {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

class in_flight_mark {
public:
    explicit in_flight_mark(std::atomic<std::uint64_t>& count) : count_(count) {
        count_.fetch_add(1, relaxed);
    }

    in_flight_mark(const in_flight_mark&) = delete;
    in_flight_mark& operator=(const in_flight_mark&) = delete;

    ~in_flight_mark() { count_.fetch_sub(1, relaxed); }

private:
    std::atomic<std::uint64_t>& count_;
};

}  // namespace

void dead_urls::add(dead_url one) {
    const std::scoped_lock lock(mutex_);
    dead_.push_back(std::move(one));
}

std::vector<dead_url> dead_urls::take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(dead_, {});
}

page download::process(const page_url& url) {
    const in_flight_mark mark(context_.counters.in_flight);
    const auto count = [this] { context_.counters.failed_attempts.fetch_add(1, relaxed); };
    try {
        return client_->get(url, self().stop_token());
    } catch (const busy_error& error) {
        count();
        throw paipa::retry_after(error.after, error.what());
    } catch (const transient_error&) {
        count();
        throw;
    } catch (const permanent_error&) {
        count();
        throw;
    }
}

void save::process(std::vector<page> pages) {
    store_all(pages);
    std::uint64_t bytes = 0;
    for (const page& one : pages) {
        bytes += one.body.size();
    }
    context_.counters.bytes.fetch_add(bytes, relaxed);
    context_.counters.stored.fetch_add(pages.size(), relaxed);
}

void save::thread_shutdown() {
    if (!context_.has_lost_database) {
        store_all({});
    }
}

void save::store_all(const std::vector<page>& pages) {
    try {
        context_.database.save(pages, context_.dead.take());
    } catch (...) {
        context_.has_lost_database = true;
        throw;
    }
}

}  // namespace fetch
