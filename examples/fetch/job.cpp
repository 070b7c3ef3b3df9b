#include "job.hpp"

#include <paipa/paipa.hpp>

#include "error.hpp"
#include "http_client.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "signals.hpp"
#include "steps.hpp"
#include "store.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <ranges>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace fetch {

namespace {

auto make_flow(const options& chosen, job_context& context) {
    // URLs that wait for their next try count too: there is room for some, so that one dead host
    // does not hold up the others, but not for so many that a drain takes long.
    constexpr std::size_t urls_per_thread = 8;
    const paipa::step_options downloads{.threads = chosen.threads,
                                        .capacity = urls_per_thread * chosen.threads,
                                        .retry = {.attempts = chosen.attempts,
                                                  .delay = chosen.delay,
                                                  .max_delay = chosen.max_delay,
                                                  .jitter = true},
                                        .on_failure = paipa::failure_action::dead_letter};
    // Bodies, whatever their size: few of them wait.
    const paipa::step_options chunks{.capacity = chosen.threads};
    const paipa::step_options saves{.capacity = 1};
    return paipa::step<download>("download", downloads, &context) |
           paipa::step("chunk",
                       paipa::timed_chunk({.size = chosen.batch, .timeout = chosen.batch_timeout}),
                       chunks) |
           paipa::step<save>("save", saves, &context);
}

// Called where an item failed for the last time. What was cancelled, or had tries left when the run
// was, says nothing about its URL.
void note_dead(job_context& context, unsigned attempts, const paipa::dead_letter& dead) {
    const auto* const url = dead.item_as<std::string>();
    if (url == nullptr || dead.attempts.size() < attempts) {
        return;
    }
    try {
        std::rethrow_exception(dead.attempts.back().error);
    } catch (const cancelled_error&) {
        return;
    } catch (...) {
        context.failures.add_dead(*url, dead.reason(), true);
    }
    context.counters.failed.fetch_add(1, std::memory_order_relaxed);
}

progress_display::style display_style(const options& chosen) {
    return chosen.is_quiet ? progress_display::style::none : progress_display::style_for_terminal();
}

// Answers signals while the pipeline runs.
class interrupter {
public:
    interrupter(signal_watcher& signals, paipa::pipeline<std::string>& pipeline,
                job_context& context, progress_display& display,
                std::chrono::milliseconds drain_timeout, bool is_quiet)
        : signals_(signals),
          pipeline_(pipeline),
          context_(context),
          display_(display),
          drain_timeout_(drain_timeout),
          is_quiet_(is_quiet) {
        signals_.watch([this](int number, unsigned count) { answer(number, count); });
    }

    interrupter(const interrupter&) = delete;
    interrupter& operator=(const interrupter&) = delete;

    ~interrupter() {
        signals_.stop();
        if (drain_.joinable()) {
            drain_.join();
        }
    }

    /// Ends the answers; returns the first signal's number, or 0.
    int finish() {
        signals_.stop();
        return first_;
    }

private:
    void answer(int number, unsigned count) {
        if (count == 1) {
            first_ = number;
            context_.is_interrupted = true;             // at once; the thread below may start late
            drain_ = std::thread([this] { drain(); });  // waits; the next signal must not
            if (!is_quiet_) {
                display_.say("interrupted: finishing what has begun; once more to stop at once");
            }
        } else if (count == 2) {
            pipeline_.cancel();
        } else {
            std::_Exit(signal_status + number);
        }
    }

    void drain() {
        try {
            pipeline_.drain(drain_timeout_);
        } catch (const std::exception&) {
            // The thread that runs the pipeline gets it too.
            return;
        }
    }

    signal_watcher& signals_;
    paipa::pipeline<std::string>& pipeline_;
    job_context& context_;
    progress_display& display_;
    const std::chrono::milliseconds drain_timeout_;
    const bool is_quiet_;
    int first_ = 0;      // written by the watcher's thread, read once that has ended
    std::thread drain_;  // the same
};

// What the library has to say goes where it does not tear the progress line.
class log_to_display {
public:
    log_to_display(progress_display& display, bool is_quiet) {
        paipa::set_log_hook([&display, is_quiet](paipa::log_level, std::string_view text) {
            if (!is_quiet) {
                display.say("paipa-fetch: " + std::string(text));
            }
        });
    }

    log_to_display(const log_to_display&) = delete;
    log_to_display& operator=(const log_to_display&) = delete;

    ~log_to_display() { paipa::set_log_hook({}); }
};

}  // namespace

job_result run_job(const options& chosen, const client_options& client, store& database,
                   signal_watcher& signals, std::vector<std::string> urls) {
    job_context context{.client = client, .database = database};
    progress_display display(context.counters, urls.size(), display_style(chosen));
    const log_to_display log(display, chosen.is_quiet);
    paipa::pipeline<std::string> pipeline{
        make_flow(chosen, context),
        {.name = "paipa-fetch",
         .quiet = true,  // the display speaks
         .dead_letter_callback = [&](const paipa::dead_letter& dead) {
             note_dead(context, chosen.attempts, dead);
         }}};
    const std::uint64_t asked = urls.size();
    pipeline.put_iterable(std::move(urls) | std::views::take_while([&](const std::string&) {
                              return !context.is_interrupted;
                          }));
    pipeline.start();

    job_result result;
    result.asked = asked;
    {
        interrupter on_signal(signals, pipeline, context, display, chosen.drain_timeout,
                              chosen.is_quiet);
        pipeline.stop();
        result.interrupted_by = on_signal.finish();
    }
    database.save({}, context.failures.take_dead());  // what came after the save step's end
    display.finish();
    result.stored = context.counters.stored.load();
    result.failed = context.counters.failed.load();
    result.failed_attempts = context.counters.failed_attempts.load();
    result.bytes = context.counters.bytes.load();
    result.report = pipeline.report();
    return result;
}

}  // namespace fetch
