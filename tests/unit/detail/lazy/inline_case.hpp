#ifndef PAIPA_TESTS_UNIT_DETAIL_LAZY_INLINE_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_LAZY_INLINE_CASE_HPP
#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/options.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// What the tests of runs on the caller's thread share.

using diary = std::vector<std::string>;

/// Gives the numbers from 1 to `last`. Writes its hooks into a diary; the one called `thrower`
/// throws.
class noted_step final : public paipa::detail::inline_outputs<int> {
public:
    noted_step(paipa::detail::inline_run& run, std::string text, diary* notes,
               std::string thrower = {})
        : inline_outputs(run, std::move(text), paipa::step_options{}),
          notes_(notes),
          thrower_(std::move(thrower)) {}

    noted_step(const noted_step&) = delete;
    noted_step& operator=(const noted_step&) = delete;

    ~noted_step() override { notes_->push_back(name + " destroyed"); }

    bool next() override {
        if (at_ == last) {
            return false;
        }
        ++at_;
        ++core.counted;
        ++core.unstaged;
        return true;
    }

    int& current() noexcept override { return at_; }

    /// Ends as a step does that has passed on everything, or wants no more.
    void end(bool early) {
        while (shut_down_next()) {
        }
        run_.step_ended(*this, early);
    }

    int last = 3;
    std::uint64_t in_hand = 0;

protected:
    void make() override { note("make"); }

    void step_initialize() override { note("step_initialize"); }

    void initialize() override { note("initialize"); }

    void thread_initialize() override { note("thread_initialize"); }

    void thread_shutdown() override { note("thread_shutdown"); }

    void step_shutdown() override { note("step_shutdown"); }

    void give_up() noexcept override {
        notes_->push_back(name + " give_up");
        core.abandoned += std::exchange(in_hand, 0);
    }

    [[nodiscard]] std::uint64_t inside() const noexcept override { return in_hand; }

    [[nodiscard]] bool emits() const noexcept override { return true; }

private:
    void note(const std::string& hook) {
        notes_->push_back(name + " " + hook);
        if (hook == thrower_) {
            throw std::runtime_error(name + " " + hook);
        }
    }

    diary* notes_;
    std::string thrower_;
    int at_ = 0;
};

inline noted_step& add_noted(paipa::detail::inline_run& run, const std::string& name, diary& notes,
                             const std::string& thrower = {}) {
    return run.add(std::make_unique<noted_step>(run, name, &notes, thrower));
}

#endif
