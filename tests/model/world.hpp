#ifndef PAIPA_TESTS_MODEL_WORLD_HPP
#define PAIPA_TESTS_MODEL_WORLD_HPP
#include <paipa/error.hpp>

#include "plan.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace model {

/// What a failing attempt throws.
struct refused {
    token what;
    bool lost = false;  // not worth a retry
};

/// What happened in one step of a run.
class diary {
public:
    struct entry {
        enum class type {
            begin,
            end,
            meta,
            step_initialize,
            initialize,
            thread_initialize,
            thread_shutdown,
            step_shutdown
        } what;
        std::uint64_t index;   // of a token's input; of a meta entry: inputs put before it
        std::uint64_t moment;  // later is more, across all steps

        [[nodiscard]] bool is_item() const { return what == type::begin || what == type::end; }

        [[nodiscard]] bool is_hook() const { return what >= type::step_initialize; }
    };

    void note(entry::type what, std::uint64_t index) {
        static std::atomic<std::uint64_t> clock = 0;
        const std::lock_guard lock(mutex_);
        entries_.push_back({what, index, ++clock});
    }

    /// Which attempt at this token it is, from 1.
    unsigned attempt(const token& t) {
        const std::lock_guard lock(mutex_);
        return ++attempts_[t];
    }

    void pass(const token& t) {
        const std::lock_guard lock(mutex_);
        passed_.push_back(t);
    }

    // After the run:
    [[nodiscard]] const std::vector<entry>& entries() const { return entries_; }

    [[nodiscard]] const std::vector<token>& passed() const { return passed_; }

    [[nodiscard]] const std::map<token, unsigned>& attempts() const { return attempts_; }

private:
    std::mutex mutex_;  // guards all
    std::vector<entry> entries_;
    std::map<token, unsigned> attempts_;
    std::vector<token> passed_;
};

/// A step as the user's code sees it: its plan, and where it writes down what happens.
struct script {
    const step_plan* plan;
    diary* book;

    /// Throws when the plan says that this attempt fails.
    void begin(const token& t) const {
        book->note(diary::entry::type::begin, t.index);
        const unsigned call = book->attempt(t);
        if (call <= plan->waits(t)) {
            throw paipa::retry_after{std::chrono::microseconds{1}};
        }
        if (call - plan->waits(t) <= plan->failures(t)) {
            refuse(t);
        }
    }

    [[noreturn]] void refuse(const token& t) const {
        if (!plan->gives_up(t)) {
            throw refused{t, plan->is_lost(t)};
        }
        try {
            throw refused{t};
        } catch (const refused&) {
            throw paipa::give_up("no");  // what is in flight is the failure
        }
    }

    void end(const token& t) const { book->note(diary::entry::type::end, t.index); }
};

}  // namespace model
#endif
