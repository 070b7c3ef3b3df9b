#include "steps.hpp"

#include "error.hpp"
#include "page.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
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

void failure_log::add_failed_attempt(const std::string& url) {
    const std::scoped_lock lock(mutex_);
    ++tries_[url];
}

void failure_log::add_dead(const std::string& url, const std::string& reason,
                           bool last_try_is_counted) {
    const std::scoped_lock lock(mutex_);
    const auto node = tries_.extract(url);
    const unsigned counted = node.empty() ? 0 : node.mapped();
    dead_.push_back({.url = url,
                     .reason = reason,
                     .attempts = counted + (last_try_is_counted ? 0U : 1U),
                     .failed_at = wall_clock::now()});
}

void failure_log::forget(const std::string& url) {
    const std::scoped_lock lock(mutex_);
    tries_.erase(url);
}

std::vector<dead_url> failure_log::take_dead() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(dead_, {});
}

std::optional<page> download::process(const std::string& url) {
    const in_flight_mark mark(context_.counters.in_flight);
    try {
        page got = client_->get(url, self().stop_token());
        context_.failures.forget(url);
        return got;
    } catch (const permanent_error& error) {
        // The retry policy would try again whatever is thrown; so nothing is.
        context_.failures.add_dead(url, error.what(), false);
        context_.counters.failed_attempts.fetch_add(1, relaxed);
        context_.counters.failed.fetch_add(1, relaxed);
        return std::nullopt;
    } catch (const transient_error&) {
        context_.failures.add_failed_attempt(url);
        context_.counters.failed_attempts.fetch_add(1, relaxed);
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
    if (!has_failed_) {
        store_all({});
    }
}

void save::store_all(const std::vector<page>& pages) {
    try {
        context_.database.save(pages, context_.failures.take_dead());
    } catch (const database_error&) {
        has_failed_ = true;
        throw;
    }
}

}  // namespace fetch
