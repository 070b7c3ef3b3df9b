#ifndef PAIPA_DETAIL_RUN_SOURCE_CORE_HPP
#define PAIPA_DETAIL_RUN_SOURCE_CORE_HPP
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/stop_signal.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>
#include <paipa/detail/ticket/window.hpp>

#include <atomic>
#include <string>
#include <string_view>

namespace paipa::detail {

/// A thread that feeds the intake.
class source_core {
public:
    source_core(run_base& run, std::string text);
    source_core(const source_core&) = delete;
    source_core& operator=(const source_core&) = delete;
    virtual ~source_core();

    /// On the source's own thread. Returns when exhausted or told to stop.
    virtual void pull() = 0;

    /// At the end of the thread, whatever happened: nothing stays staged.
    virtual void hand_over() = 0;

    /// False: only `finish`, `drain` or an end of the run makes it return.
    [[nodiscard]] virtual bool ends_by_itself() const = 0;

    /// When it pulls no more, or never will: whoever feeds it must not wait for it, and hears why.
    /// Idempotent.
    virtual void leave(std::string_view /*why*/) noexcept {}

    /// Ends a wait inside of `pull`, which then looks at `stopping` and `run.is_finishing()` again.
    virtual void interrupt() noexcept {}

    /// Each of its items opens a ticket of this window, and waits for the place. Before the start;
    /// where tickets travel.
    void open_tickets(window& w) noexcept {
        hand_ = ticket_in_hand(w);
        core.hand = &hand_;
    }

    const std::string kind;
    std::string name;  // the kind, numbered where there are several; set before anybody asks
    worker_context core;
    /// Set by drain, cancel, failure and an early end; polled between items.
    std::atomic<bool> stopping{false};
    stop_signal stop;  // requested at the same moments, for sources that wait by themselves

private:
    ticket_in_hand hand_;  // the source thread's, from the start on
};

}  // namespace paipa::detail
#endif
