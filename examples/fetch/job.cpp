#include "job.hpp"

#include <paipa/paipa.hpp>

#include "error.hpp"
#include "http_client.hpp"
#include "options.hpp"
#include "page.hpp"
#include "progress.hpp"
#include "signals.hpp"
#include "steps.hpp"
#include "store.hpp"
#include "stored_pages.hpp"
#include "url.hpp"
#include "url_source.hpp"
#include "wanted_pages.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace fetch {

namespace {

// What another try may cure is tried again. What this program lacks says nothing about a URL, and
// ends the run; every other failure is its URL's, for good.
paipa::step_options download_options(const options& chosen) {
    // URLs that wait for their next try count too: there is room for some, but not for so many that
    // a drain takes long.
    constexpr std::size_t urls_per_thread = 8;
    paipa::step_options made{
        .threads = chosen.threads,
        .capacity = urls_per_thread * chosen.threads,
        .retry = {.attempts = chosen.attempts,
                  .delay = chosen.delay,
                  .max_delay = chosen.max_delay,
                  .jitter = true,
                  .retry_after_limit = chosen.max_retry_after},
        .on_failure = {paipa::fail_on<std::bad_alloc>(), paipa::fail_on<exhausted_error>(),
                       paipa::fail_on<input_error>(), paipa::failure_action::dead_letter}};
    if (chosen.attempts > 1) {
        made.retry.on = paipa::retry_on<transient_error>();
    }
    return made;
}

auto make_flow(const options& chosen, job_context& context) {
    // Bodies, whatever their size: few of them wait.
    const paipa::step_options chunks{.capacity = chosen.threads};
    const paipa::step_options saves{.capacity = 1};
    return paipa::step<download>("download", download_options(chosen), &context) |
           paipa::step("chunk",
                       paipa::timed_chunk({.size = chosen.batch, .timeout = chosen.batch_timeout}),
                       chunks) |
           paipa::step<save>("save", saves, &context);
}

// Why a URL failed for good. Nullopt: what was cancelled, or had tries left when the run was, says
// nothing about its URL.
std::optional<std::string> final_reason(const paipa::dead_letter& dead, unsigned attempts) {
    try {
        std::rethrow_exception(dead.attempts.back().error);
    } catch (const cancelled_error&) {
        return std::nullopt;
    } catch (const permanent_error& error) {
        return error.what();
    } catch (const paipa::retry_after& error) {
        return error.what() + std::string(", beyond --max-retry-after");
    } catch (...) {
        return dead.attempts.size() < attempts ? std::nullopt : std::optional(dead.reason());
    }
}

// Called where an item failed for the last time.
void note_dead(job_context& context, unsigned attempts, const paipa::dead_letter& dead) {
    const auto* const url = dead.item_as<page_url>();
    const auto reason = final_reason(dead, attempts);
    if (url == nullptr || !reason) {
        return;
    }
    context.dead.add({.url = url->text,
                      .reason = *reason,
                      .attempts = static_cast<unsigned>(dead.attempts.size()),
                      .failed_at = wall_clock::now()});
    context.counters.failed.fetch_add(1, std::memory_order_relaxed);
}

progress_display::style display_style(const options& chosen) {
    return chosen.is_quiet ? progress_display::style::none : progress_display::style_for_terminal();
}

// Answers signals while the pipeline runs. Made before that starts, so that no thread is lacking
// later; a signal that comes earlier waits.
class interrupter {
public:
    interrupter(signal_watcher& signals, paipa::pipeline<page_url>& pipeline, wanted_pages& wanted,
                progress_display& display, std::chrono::milliseconds drain_timeout, bool is_quiet)
        : signals_(signals),
          pipeline_(pipeline),
          wanted_(wanted),
          display_(display),
          drain_timeout_(drain_timeout),
          is_quiet_(is_quiet),
          drainer_([this](const std::stop_token& stop) { drain(stop); }) {
        signals_.watch([this](int number, unsigned count) { answer(number, count); });
    }

    interrupter(const interrupter&) = delete;
    interrupter& operator=(const interrupter&) = delete;

    ~interrupter() {
        start();
        signals_.stop();
    }

    /// The pipeline has been started. Idempotent.
    void start() {
        const std::scoped_lock lock(mutex_);
        has_started_ = true;
        changed_.notify_all();
    }

    /// Ends the answers; returns the first signal's number, or 0.
    int finish() {
        signals_.stop();
        return first_;
    }

private:
    void answer(int number, unsigned count) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return has_started_; });
            is_asked_ = true;
            changed_.notify_all();
        }
        if (count == 1) {
            first_ = number;
            wanted_.close();  // at once; the drain may begin late
            if (!is_quiet_) {
                display_.say("interrupted: finishing what has begun; once more to stop at once");
            }
        } else if (count == 2) {
            pipeline_.cancel();
        } else {
            std::_Exit(signal_status + number);
        }
    }

    // Waits for the pipeline, so on a thread of its own: the next signal must not wait for it.
    void drain(const std::stop_token& stop) {
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [this] { return is_asked_; })) {
                return;
            }
        }
        try {
            pipeline_.drain(drain_timeout_);
        } catch (const std::exception&) {
            // The thread that runs the pipeline gets it too.
            return;
        }
    }

    signal_watcher& signals_;
    paipa::pipeline<page_url>& pipeline_;
    wanted_pages& wanted_;
    progress_display& display_;
    const std::chrono::milliseconds drain_timeout_;
    const bool is_quiet_;
    int first_ = 0;  // written by the watcher's thread, read once that has ended

    std::mutex mutex_;  // guards the two below
    bool has_started_ = false;
    bool is_asked_ = false;
    std::condition_variable_any changed_;  // one of them became true
    std::jthread drainer_;                 // last: uses the rest
};

// What the library has to say, about callbacks that take long for instance, is for those who want
// to look inside. It goes where it does not tear the progress line.
class log_to_display {
public:
    log_to_display(progress_display& display, bool is_verbose) {
        paipa::set_log_hook([&display, is_verbose](paipa::log_level, std::string_view text) {
            if (is_verbose) {
                display.say("paipa-fetch: " + std::string(text));
            }
        });
    }

    log_to_display(const log_to_display&) = delete;
    log_to_display& operator=(const log_to_display&) = delete;

    ~log_to_display() { paipa::set_log_hook({}); }
};

// Stores what came after the save step's end, and looks whether all is where it was.
void finish_database(store& database, job_context& context, job_result& result) {
    if (context.has_lost_database) {
        return;
    }
    try {
        database.save({}, context.dead.take());
        database.check_place();
    } catch (...) {
        if (!result.failure) {
            result.failure = std::current_exception();
        }
    }
}

}  // namespace

job_result run_job(const options& chosen, const client_options& client, store& database,
                   signal_watcher& signals, url_source urls) {
    job_context context{.client = client, .database = database};
    stored_pages stored(chosen.database);
    wanted_pages wanted(std::move(urls), stored, context.counters);
    progress_display display(context.counters, display_style(chosen));
    const log_to_display log(display, chosen.is_verbose);
    paipa::pipeline<page_url> pipeline{
        make_flow(chosen, context),
        {.name = "paipa-fetch",
         .quiet = true,  // the display speaks
         .dead_letter_callback = [&](const paipa::dead_letter& dead) {
             note_dead(context, chosen.attempts, dead);
         }}};
    const auto say = [&](const std::string& line) { display.say(line); };
    pipeline.put_iterable([&](std::stop_token stop) { return wanted.pages(std::move(stop), say); });

    job_result result;
    try {
        interrupter on_signal(signals, pipeline, wanted, display, chosen.drain_timeout,
                              chosen.is_quiet);
        pipeline.start();
        on_signal.start();
        try {
            pipeline.stop();
        } catch (const cancelled_error&) {
            // The second signal has ended a wait for the database's lock.
            context.has_lost_database = true;
        }
        result.interrupted_by = on_signal.finish();
    } catch (...) {
        result.failure = std::current_exception();
    }
    finish_database(database, context, result);
    result.failure ? display.abandon() : display.finish();
    result.asked = context.counters.total.load();
    result.is_list_known = context.counters.is_total_known.load();
    result.list = wanted.tally();
    result.stored = context.counters.stored.load();
    result.failed = context.counters.failed.load();
    result.failed_attempts = context.counters.failed_attempts.load();
    result.bytes = context.counters.bytes.load();
    result.report = pipeline.report();
    return result;
}

}  // namespace fetch
