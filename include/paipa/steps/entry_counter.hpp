#ifndef PAIPA_STEPS_ENTRY_COUNTER_HPP
#define PAIPA_STEPS_ENTRY_COUNTER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/stock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/error.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>
#include <paipa/worker.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace paipa {

struct entry_counter_options {
    std::string name = "entries";              ///< Stands in the lines.
    duration every = std::chrono::seconds{1};  ///< Between lines.
    /// If given, this counts on, too, from any number of threads.
    std::shared_ptr<std::atomic<std::uint64_t>> total{};
};

namespace detail {

/// The count that the step's workers share. The worker that finds a line due logs it.
class entry_count {
public:
    entry_count(entry_counter_options o, runtime& rt);

    void add() noexcept;
    void tell_last() noexcept;

private:
    void tell(time_point now) noexcept;

    const entry_counter_options options_;
    runtime& rt_;  // outlives the run
    const time_point began_;
    std::atomic<std::uint64_t> count_{0};
    std::atomic<duration::rep> next_;  // workers race for it by compare and exchange
};

struct entry_counter_stock {
    static constexpr bool is_loop_step = false;  // it looks at the clock, and logs at the end

    template <class T>
    struct kernel {
        using input = T;
        using output = T;
        static constexpr bool many_outputs = false;
        static constexpr bool can_keep = true;  // the step's own code cannot fail

        explicit kernel(const entry_counter_stock& s) : options(s.options) {}

        /// The workers of a step share a count, which begins with the run.
        void meet(worker_context& core) {
            const auto self = worker_access::make<worker>(core);
            auto shared = self->storage<std::shared_ptr<entry_count>>();
            if (*shared == nullptr) {
                *shared = std::make_shared<entry_count>(options, core.run.rt);
            }
            count = *shared;
        }

        template <class E>
        outcome process(T& item, bool, E& out) {
            count->add();
            out(std::move(item));
            return outcome::finished;
        }

        void step_shutdown() { count->tell_last(); }

        entry_counter_options options;
        std::shared_ptr<entry_count> count;
    };

    template <std::size_t, class>
    static consteval bool check() {
        return true;
    }

    entry_counter_options options;
};

}  // namespace detail

/// Passes every item on, and logs how many came and how fast: regularly while they come, and at the
/// end.
///
/// Errors: `config_error` for `every` of 0 or less.
/// Cost:   one reading of the clock per item.
template <class Stock = detail::entry_counter_stock>
[[nodiscard]] auto entry_counter(entry_counter_options options = {}) {
    if (options.every <= duration::zero()) {
        throw config_error("paipa::entry_counter: every: expected more than 0, got " +
                           std::to_string(options.every.count()) + " ns");
    }
    return detail::stock_flow("entry_counter", Stock{std::move(options)});
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
