#ifndef PAIPA_ENGINE_WORKER_CORE_HPP
#define PAIPA_ENGINE_WORKER_CORE_HPP
#include <paipa/engine/surroundings.hpp>
#include <paipa/engine/time_sheet.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace paipa::engine {

/// What became of an item that did not fail.
enum class outcome { finished, skipped, abandoned };

/// A number that one thread writes and any may read, at the price of a plain store.
class counter {
public:
    void operator+=(std::uint64_t n) noexcept {
        value_.store(get() + n, std::memory_order_relaxed);
    }

    void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }

    void operator++() noexcept { *this += 1; }

    [[nodiscard]] std::uint64_t get() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// What the engine knows of one worker thread, whatever its items are.
struct alignas(64) worker_core {
    worker_core(run_base& r, step_base* s, std::size_t i) noexcept : run(r), step(s), index(i) {}

    void count(outcome o) noexcept {
        ++(o == outcome::finished ? finished : o == outcome::skipped ? skipped : abandoned);
    }

    run_base& run;
    step_base* step;  // null for a source
    std::size_t index;
    /// Whose thread it also is: a run inside of a step starts on the step's thread. Only the thread
    /// itself looks at it.
    const worker_core* around = nullptr;
    time_sheet times;
    counter finished, skipped, dead, dropped, abandoned, emitted, retries;
    counter kept;  // of the finished ones: those that the step still keeps back (a chunk)
};

}  // namespace paipa::engine
#endif
