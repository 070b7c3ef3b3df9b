#ifndef PAIPA_DETAIL_STAGE_WORKER_CONTEXT_HPP
#define PAIPA_DETAIL_STAGE_WORKER_CONTEXT_HPP
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/stage/cpu_meter.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace paipa::detail {

class item_clock;

/// bench/ledger shows what the counting costs by a build of the library that does not do it.
#ifdef PAIPA_UNCOUNTED
inline constexpr bool is_counted = false;
#else
inline constexpr bool is_counted = true;
#endif

/// A number that one thread writes and any may read, at the price of a plain store.
class counter {
public:
    void operator+=(std::uint64_t n) noexcept { set(get() + n); }

    void set(std::uint64_t n) noexcept {
        if constexpr (is_counted) {
            value_.store(n, std::memory_order_relaxed);
        }
    }

    void operator++() noexcept { *this += 1; }

    [[nodiscard]] std::uint64_t get() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// A counter in a register, to which its thread adds many times before anything else does: it is
/// not read back each time.
class counting {
public:
    explicit counting(counter& all) noexcept : all_(all), n_(all.get()) {}

    void operator++() noexcept { all_.set(++n_); }

private:
    counter& all_;
    std::uint64_t n_;
};

/// What the engine knows of one worker thread, whatever its items are.
struct alignas(64) worker_context {
    worker_context(run_base& r, step_base* s, std::size_t i) noexcept : run(r), step(s), index(i) {}

    void count(outcome o) noexcept {
        ++(o == outcome::finished ? counted : o == outcome::skipped ? skipped : abandoned);
        if (o != outcome::finished) {
            note(o == outcome::skipped ? final_outcome::skipped : final_outcome::abandoned);
        }
    }

    /// A part of the item in hand has ended in this way. Its ticket will tell.
    void note(final_outcome o) noexcept {
        if (hand != nullptr) [[unlikely]] {
            hand->note(o);
        }
    }

    /// Items that the step is through with, and that did not fail.
    [[nodiscard]] std::uint64_t finished() const noexcept {
        return counted.get() + (outputs_count ? emitted() : 0);
    }

    /// Of these, what has left. One figure where a step keeps items back (a chunk): the difference
    /// of two would go back and forth for whoever reads them while it works.
    [[nodiscard]] std::uint64_t left() const noexcept {
        return keeps_back ? settled.get() : finished();
    }

    /// So many of the finished items are still kept back.
    void note_kept(std::uint64_t n) noexcept {
        kept.set(n);
        settled.set(counted.get() - n);
    }

    /// Outputs that went on.
    [[nodiscard]] std::uint64_t emitted() const noexcept {
        std::uint64_t n = unstaged.get() + pulled.get();
        for (const std::atomic<std::uint64_t>* const s : staged) {
            n += s->load(std::memory_order_relaxed);
        }
        return n;
    }

    run_base& run;
    step_base* step;  // null for a source
    std::size_t index;
    unsigned attempt = 1;  // at the item in hand
    /// Whose thread it also is: a run inside of a step starts on the step's thread. Only the thread
    /// itself looks at it.
    const worker_context* around = nullptr;
    item_clock* clock = nullptr;  // of a step with `item_timeout`; constant from the start on
    /// Of the item in hand. Null: no tickets travel here. Constant from the start on.
    ticket_in_hand* hand = nullptr;
    time_sheet times;
    cpu_meter cpu;
    counter counted;  // finished items; none where their outputs tell
    counter skipped, dead, dropped, abandoned, retries;
    counter kept;      // of the finished ones: those that the step still keeps back (a chunk)
    counter settled;   // the others, where `keeps_back`
    counter lost;      // of the finished ones: those whose outputs never left in their turn
    counter unstaged;  // outputs that no outbox had to take
    counter pulled;    // those that readers took from an ordered step, see `resequencer::pull`
    /// Those in the outboxes, which count anyway; constant once the worker is known.
    std::vector<const std::atomic<std::uint64_t>*> staged;
    bool keeps_back = false;     // constant: `note_kept` is called
    bool outputs_count = false;  // constant: who finishes has one output, and others have none
};

}  // namespace paipa::detail
#endif
