#include <paipa/detail/lazy/debug_session.hpp>
#include <paipa/detail/sync/lock.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "../../observe/show_reporters.hpp"
#include "../../platform/usage.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace paipa::detail {
namespace {

constexpr auto sample_every = std::chrono::milliseconds{1};

}  // namespace

debug_session::debug_session(std::shared_ptr<const debug_settings> settings)
    : settings_(std::move(settings)),
      reporters_(settings_->options.reporters),
      rt_(settings_->options.runtime),
      since_(ticks()),
      next_look_(since_),
      ticks_began_(since_),
      began_(now()),
      next_report_(later(began_, settings_->options.every)) {
    resident_ = platform::usage_now().resident;
    calls_ = settings_->options.calls ? settings_->options.calls() : 0;
}

std::uint64_t debug_session::ticks() const noexcept {
    return rt_ == nullptr ? platform::ticks()
                          : static_cast<std::uint64_t>(rt_->now().time_since_epoch().count());
}

time_point debug_session::now() const noexcept {
    return rt_ == nullptr ? std::chrono::steady_clock::now() : rt_->now();
}

std::size_t debug_session::add(const std::string& name) {
    at_.push_back({.name = name});
    return at_.size() - 1;
}

std::size_t debug_session::enter(std::size_t place) noexcept {
    const std::size_t before = now_at_;
    turn_to(place);
    return before;
}

void debug_session::leave(std::size_t before) noexcept {
    turn_to(before);
}

void debug_session::turn_to(std::size_t place) noexcept {
    const std::uint64_t now = ticks();
    figures& ran = at_[now_at_];
    ran.ticks += now - since_;
    if (settings_->options.calls) [[unlikely]] {
        try {
            const std::uint64_t calls = settings_->options.calls();
            ran.calls += calls - calls_;
            calls_ = calls;
        } catch (...) {  // NOLINT(bugprone-empty-catch): a counter that throws counts nothing
        }
    }
    now_at_ = place;
    since_ = now;
    if (now >= next_look_) [[unlikely]] {
        look(now);
    }
}

/// From time to time: samples, reports, and sets the next time by how fast ticks go.
void debug_session::look(std::uint64_t ticks) noexcept {
    sample();
    const time_point time = now();
    if (time >= next_report_) {
        next_report_ = later(time, settings_->options.every);
        show();
    }
    const auto passed = std::max<std::int64_t>(1, (time - began_).count());
    const double per_ns = static_cast<double>(ticks - ticks_began_) / static_cast<double>(passed);
    const double wait = per_ns * std::chrono::nanoseconds{sample_every}.count();
    next_look_ = ticks + static_cast<std::uint64_t>(std::max(1000.0, std::min(wait, 1e8)));
}

/// Shares out what was used since the last sample: time by run time, memory to whom ran most.
void debug_session::sample() noexcept {
    const platform::usage u = platform::usage_now();
    const auto grew = [](const std::optional<duration>& before,
                         const std::optional<duration>& after) {
        return before && after ? static_cast<double>((*after - *before).count()) : 0.0;
    };
    const std::thread::id here = std::this_thread::get_id();
    const bool same = std::exchange(walker_, here) == here;
    const double user = same ? grew(user_, u.user) : 0;
    const double system = same ? grew(system_, u.system) : 0;
    const std::int64_t grown = u.resident && resident_ ? *u.resident - *resident_ : 0;
    user_ = u.user;
    system_ = u.system;
    resident_ = u.resident;
    std::uint64_t all = 0;
    figures* most = &at_.front();
    for (figures& f : at_) {
        all += f.ticks - f.ticks_sampled;
        if (f.ticks - f.ticks_sampled > most->ticks - most->ticks_sampled) {
            most = &f;
        }
    }
    most->memory += grown;
    for (figures& f : at_) {
        const double part =
            all == 0 ? 0
                     : static_cast<double>(f.ticks - f.ticks_sampled) / static_cast<double>(all);
        f.user += part * user;
        f.system += part * system;
        f.ticks_sampled = f.ticks;
    }
}

std::vector<step_record> debug_session::records() const {
    const auto passed = (now() - began_).count();
    const std::uint64_t ticked = ticks() - ticks_began_;
    const double ns_per_tick =
        ticked == 0 ? 1 : static_cast<double>(passed) / static_cast<double>(ticked);
    std::vector<step_record> records;
    for (std::size_t i = 1; i < at_.size(); ++i) {
        const figures& f = at_[i];
        step_record& r = records.emplace_back();
        const double ns = static_cast<double>(f.ticks) * ns_per_tick;
        r.name = f.name;
        r.count = f.count;
        r.run_time = duration{static_cast<duration::rep>(ns)};
        r.throughput = ns > 0 ? 1e9 * static_cast<double>(f.count) / ns : 0;
        if (user_) {
            r.user_cpu = duration{static_cast<duration::rep>(f.user)};
            r.system_cpu = duration{static_cast<duration::rep>(f.system)};
        }
        if (resident_) {
            r.memory_growth = f.memory;
        }
        if (settings_->options.calls) {
            r.calls = f.calls;
            r.calls_per_entry =
                f.count == 0 ? 0 : static_cast<double>(f.calls) / static_cast<double>(f.count);
        }
    }
    return records;
}

void debug_session::show_now() {
    show_reporters(reporters_, records(), "paipa::runtime_debugger");
}

/// The last figures wait for their turn; others are left out while another chain shows its own.
void debug_session::show() noexcept {
    try {
        if (shown_last_) {
            const held_lock shown(settings_->showing);
            show_now();
        } else if (const auto shown = held_lock::if_free(settings_->showing)) {
            show_now();
        }
    } catch (const state_error& e) {
        log(log_level::error, e.what());
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for the figures
    }
}

void debug_session::weigher_threw(std::size_t place) const noexcept {
    try {
        log(log_level::error,
            "paipa::runtime_debugger: the weigher of '" + at_[place].name +
                "' threw, and is left out from now on: " + describe(std::current_exception()));
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
}

void debug_session::finish() noexcept {
    if (!std::exchange(shown_last_, true)) {
        next_look_ =
            std::numeric_limits<std::uint64_t>::max();  // this one is the report that is due
        turn_to(now_at_);
        sample();
        show();
    }
}

}  // namespace paipa::detail
