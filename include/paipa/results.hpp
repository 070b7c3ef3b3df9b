#ifndef PAIPA_RESULTS_HPP
#define PAIPA_RESULTS_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/run/run_core.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

namespace paipa {

template <class In, class Out>
class pipeline;

/// The results of a running pipeline as an input range; `pipeline::results` makes it.
///
/// Shape:   each result comes once, as an rvalue. It is good until the next one is asked for, by
///          `*` or by a comparison with the end, or until the range is destroyed. `++` alone takes
///          none, so `std::views::take(n)` takes n results. A loop that is left early leaves the
///          run as it is: a later `results()` goes on, `stop` throws away, and counts, what nobody
///          reads, and the pipeline's destructor ends the run early. With an open intake the range
///          goes on until `finish`. A predicate of a view adaptor over the range must take a result
///          by reference: one that takes it by value leaves an empty result behind.
/// Threads: one range at a time. It is read on the thread that calls `begin`. That may be another
///          thread than the one that made the range, but none of the run's own (`state_error`).
///          Asking for a result blocks. While a range of another thread exists, `stop` waits until
///          it has read everything or is destroyed. When the reader itself calls `stop`, its loop
///          ends.
/// Errors:  a failure of the run is rethrown behind the results that are queued by then. The range
///          waits no longer than 250 ms for callbacks that still run then; `stop` and the
///          destructor wait for them.
template <class In, class Out>
class results_range {
public:
    class iterator {
    public:
        using value_type = Out;
        using difference_type = std::ptrdiff_t;

        iterator(iterator&&) noexcept = default;
        iterator& operator=(iterator&&) noexcept = default;
        iterator(const iterator&) = delete;
        iterator& operator=(const iterator&) = delete;
        ~iterator() = default;

        Out&& operator*() const {
            settle();
            return std::move(item_->get());
        }

        iterator& operator++() {
            settle();
            due_ = item_ != nullptr;
            return *this;
        }

        void operator++(int) { ++*this; }

        friend bool operator==(const iterator& i, std::default_sentinel_t) {
            i.settle();
            return i.item_ == nullptr;
        }

    private:
        friend results_range;

        explicit iterator(detail::run_core& run) : run_(&run) {}

        /// Waits for the result that has been asked for.
        void settle() const {
            if (std::exchange(due_, false)) {
                item_ = nullptr;  // also when the run's failure is thrown
                if (void* const cell = run_->next_result(); cell != nullptr) {
                    item_ = detail::as_slots<Out>(cell);
                }
            }
        }

        detail::run_core* run_;
        mutable detail::slot<Out>* item_ = nullptr;
        mutable bool due_ = true;
    };

    results_range(results_range&& other) noexcept : run_(std::move(other.run_)) {}

    results_range& operator=(results_range&&) = delete;
    results_range(const results_range&) = delete;
    results_range& operator=(const results_range&) = delete;

    ~results_range() {
        if (run_ != nullptr) {
            run_->reader_left();
        }
    }

    /// Starts the run, unless it has been started.
    iterator begin() {
        run_->begin_reading();
        return iterator(*run_);
    }

    [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

private:
    friend pipeline<In, Out>;

    explicit results_range(std::shared_ptr<detail::run_core> run) : run_(std::move(run)) {
        run_->reader_came();
    }

    std::shared_ptr<detail::run_core> run_;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
