#ifndef PAIPA_STEPS_TIMED_CHUNK_HPP
#define PAIPA_STEPS_TIMED_CHUNK_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/stock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/error.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace paipa {

/// When a chunk leaves: at `size` items, or `timeout` after its first item came, whichever is
/// first.
struct timed_chunk_options {
    std::size_t size = 100;                      ///< Items.
    duration timeout = std::chrono::seconds{1};  ///< On the runtime's monotonic clock.
};

namespace detail {

struct timed_chunk_stock {
    static constexpr bool is_loop_step = false;  // it looks at the clock
    static constexpr bool keeps_back = true;

    template <class T>
    class kernel {
    public:
        using input = T;
        using output = std::vector<T>;
        static constexpr bool many_outputs = false;
        static constexpr bool can_keep = true;  // the step's own code cannot fail

        explicit kernel(const timed_chunk_stock& s)
            : items_(chunk_stock{s.size}), timeout_(s.timeout) {}

        template <class E>
        outcome process(T& item, bool keep, E& out) {
            const bool first = items_.kept() == 0;
            const outcome o = items_.process(item, keep, out);
            if (first) {
                starts_ = true;
            }
            return o;
        }

        template <class E>
        void flush(E& out) {
            items_.flush(out);
        }

        [[nodiscard]] std::size_t kept() const noexcept { return items_.kept(); }

        /// When the present chunk has to leave. A chunk that has begun since the last call counts
        /// as begun at `now`: the worker asks after each batch, which takes about 50 us.
        [[nodiscard]] time_point deadline(time_point now) noexcept {
            if (items_.kept() == 0) {
                return never;
            }
            if (std::exchange(starts_, false)) {
                due_ = later(now, timeout_);
            }
            return due_;
        }

    private:
        chunk_stock::kernel<T> items_;
        duration timeout_;
        time_point due_ = never;
        bool starts_ = false;  // the chunk's first item came after the last call of deadline
    };

    template <std::size_t, class>
    static consteval bool check() {
        return true;
    }

    std::size_t size;
    duration timeout;
};

}  // namespace detail

/// Groups items like `chunk`, but sends a chunk no later than `timeout` after its first item, also
/// when nothing else comes. Each worker fills a chunk of its own.
///
/// Errors: `config_error` for size 0, or a timeout that is not positive.
template <class Stock = detail::timed_chunk_stock>
[[nodiscard]] auto timed_chunk(timed_chunk_options options) {
    if (options.size == 0) {
        throw config_error("paipa::timed_chunk: size: expected at least 1, got 0");
    }
    if (options.timeout <= duration::zero()) {
        throw config_error("paipa::timed_chunk: timeout: expected more than 0, got " +
                           std::to_string(options.timeout.count()) + " ns");
    }
    return detail::stock_flow("timed_chunk", Stock{options.size, options.timeout});
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
