#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/time.hpp>

#include <array>
#include <cstdio>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace paipa::detail {
namespace {

/// In the largest unit of which the time has at least one.
std::string text(duration d) {
    struct unit {
        double size;
        const char* name;
    };

    constexpr std::array<unit, 3> units{{{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}}};
    const auto n = static_cast<double>(d.count());
    for (const unit& u : units) {
        if (n >= u.size) {
            char number[32];
            std::snprintf(number, sizeof number, "%.1f ", n / u.size);
            return std::string(number) + u.name;
        }
    }
    return std::to_string(d.count()) + " ns";
}

/// Whether the exception asks for something: `give_up` and `retry_after` do.
bool is_a_wish(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const give_up&) {
        return true;
    } catch (const retry_after&) {
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace

void leave_late() {
    throw skip_entry{};
}

item_clock::item_clock(const worker_context& worker, duration timeout, item_timer& timer)
    : rt_(worker.run.rt),
      step_(*worker.step),
      timer_(timer),
      timeout_(timeout),
      with_step_(step_.stop.token(), stop_item{this}) {
    timer.add(*this);
}

item_clock::~item_clock() = default;

void item_clock::begin() noexcept {
    const time_point now = rt_.now();
    {
        const mutex_lock lock(mutex_);
        in_hand_ = true;
        asked_ = false;
        begun_ = now;
    }
    rt_.point();
    timer_.watch(later(now, timeout_));
}

bool item_clock::end() noexcept {
    close(rt_.now()).request_stop();
    return in_time_;
}

/// Ends the try in hand. Returns the stop source of its token if the try is late. A try whose token
/// the timer has already requested is late, too.
std::stop_source item_clock::close(time_point now) noexcept {
    const mutex_lock lock(mutex_);
    if (!in_hand_) {
        return std::stop_source(std::nostopstate);
    }
    in_hand_ = false;
    took_ = now - begun_;
    in_time_ = !asked_ && took_ < timeout_;
    std::stop_source source = std::exchange(source_, std::stop_source(std::nostopstate));
    return in_time_ ? std::stop_source(std::nostopstate) : source;
}

std::stop_token item_clock::token() noexcept {
    std::stop_token of_step = step_.stop.hand_out();
    try {
        return own_token(of_step);
    } catch (...) {
        return of_step;  // no memory
    }
}

std::stop_token item_clock::wake_token() {
    return own_token(step_.stop.token());
}

/// A new source has no listeners, so requesting it here runs no user code. An older one is
/// requested by the timer or by `stop`. A stop of the step that comes after the new source was
/// stored is passed on by `stop`. One that came before is found here, by the look at the step's
/// token.
std::stop_token item_clock::own_token(const std::stop_token& of_step) {
    const time_point now = rt_.now();
    std::stop_source source(std::nostopstate);
    bool is_over = false;
    {
        const mutex_lock lock(mutex_);
        if (!in_hand_) {
            return of_step;
        }
        if (source_.stop_possible()) {
            return source_.get_token();
        }
        source_ = std::stop_source();
        source = source_;
        is_over = asked_ || now - begun_ >= timeout_;
    }
    if (is_over || of_step.stop_requested()) {
        source.request_stop();
    }
    return source.get_token();
}

time_point item_clock::deadline() const noexcept {
    const mutex_lock lock(mutex_);
    return in_hand_ ? later(begun_, timeout_) : never;
}

time_point item_clock::look(time_point now) noexcept {
    const auto [next, due] = ask(now);
    due.request_stop();
    return next;
}

/// When to look again, and the stop source to request now.
std::pair<time_point, std::stop_source> item_clock::ask(time_point now) noexcept {
    const mutex_lock lock(mutex_);
    const time_point deadline = in_hand_ && !asked_ ? later(begun_, timeout_) : never;
    if (now < deadline) {
        return {deadline, std::stop_source(std::nostopstate)};
    }
    asked_ = true;
    return {never, source_};
}

std::optional<duration> item_clock::overdue(time_point now) const noexcept {
    const mutex_lock lock(mutex_);
    return in_hand_ && now - begun_ >= timeout_ ? std::optional(now - begun_) : std::nullopt;
}

/// The step has been told to stop.
void item_clock::stop() noexcept {
    const std::stop_source source = in_hand();
    source.request_stop();
}

std::stop_source item_clock::in_hand() const noexcept {
    const mutex_lock lock(mutex_);
    return source_;
}

std::exception_ptr item_clock::failure(const std::exception_ptr& thrown) const noexcept {
    try {
        if (thrown != nullptr && is_a_wish(thrown)) {
            return thrown;
        }
        std::string what = "step '" + step_.name + "': item_timeout: expected an end within " +
                           text(timeout_) + ", got " + text(took_);
        if (thrown != nullptr) {
            what += ": " + describe(thrown);
        }
        return std::make_exception_ptr(timeout_error(what));
    } catch (...) {
        return std::current_exception();  // no memory for the text
    }
}

}  // namespace paipa::detail
