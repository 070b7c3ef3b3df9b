#ifndef PAIPA_DETAIL_LAZY_DEBUG_SESSION_HPP
#define PAIPA_DETAIL_LAZY_DEBUG_SESSION_HPP
#include <paipa/observe/reporter.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace paipa::detail {

struct debug_settings;

/// The figures of one walk along a chain. Time goes to the step that is entered last and has not
/// been left; place 0 is whoever walks the chain.
class debug_session {
public:
    explicit debug_session(std::shared_ptr<const debug_settings> settings);

    /// The place of the next step.
    std::size_t add(const std::string& name);

    /// Begins to count time for `place`. Returns for which it was counted before, for `leave`.
    std::size_t enter(std::size_t place) noexcept;
    void leave(std::size_t before) noexcept;

    void count(std::size_t place, std::size_t entries) noexcept { at_[place].count += entries; }

    /// Logs what the weigher of a step has just thrown. Inside of a `catch`.
    void weigher_threw(std::size_t place) const noexcept;

    /// The last report. Idempotent; from another thread than the walk's once the walk is over.
    void finish() noexcept;

    [[nodiscard]] bool is_last(std::size_t place) const noexcept { return place + 1 == at_.size(); }

private:
    struct figures {
        std::string name;
        std::uint64_t count = 0;
        std::uint64_t ticks = 0;
        std::uint64_t ticks_sampled = 0;  // of `ticks`: those that a sample has shared out
        double user = 0;                  // nanoseconds
        double system = 0;
        std::int64_t memory = 0;
        std::uint64_t calls = 0;
    };

    [[nodiscard]] std::uint64_t ticks() const noexcept;
    [[nodiscard]] time_point now() const noexcept;
    void turn_to(std::size_t place) noexcept;
    void sample() noexcept;
    void look(std::uint64_t ticks) noexcept;
    void show() noexcept;
    void show_now();
    [[nodiscard]] std::vector<step_record> records() const;

    std::shared_ptr<const debug_settings> settings_;
    std::vector<std::shared_ptr<reporter>> reporters_;
    runtime* rt_;  // whose clock it goes by; null: the processor's counter
    std::vector<figures> at_{1};
    std::size_t now_at_ = 0;
    std::uint64_t since_;      // ticks: when `now_at_` began
    std::uint64_t next_look_;  // ticks
    std::uint64_t calls_ = 0;
    std::uint64_t ticks_began_;
    time_point began_;
    time_point next_report_;
    std::thread::id walker_;                 // who took the last sample
    std::optional<duration> user_, system_;  // of that thread, at that sample
    std::optional<std::int64_t> resident_;
    bool shown_last_ = false;
};

}  // namespace paipa::detail
#endif
