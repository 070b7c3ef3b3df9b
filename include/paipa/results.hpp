#ifndef PAIPA_RESULTS_HPP
#define PAIPA_RESULTS_HPP
#include <paipa/engine/typed_run.hpp>
#include <paipa/error.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

namespace paipa {

/// The results of a running pipeline as an input range; `pipeline::results` makes it.
///
/// Shape:   each result once, as an rvalue. Leaving the loop early leaves the run as it is: a later
///          `results()` goes on; `stop` throws away, and counts, what nobody reads.
/// Threads: one reader at a time, else `state_error`; `begin` and `++` block.
/// Errors:  at the end of a failed run the failure is rethrown, behind the results it left.
template <class In, class Out>
class results_range {
    using run_type = engine::typed_run<In, Out>;

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

        Out&& operator*() const noexcept { return std::move(item_->get()); }

        iterator& operator++() {
            advance();
            return *this;
        }

        void operator++(int) { advance(); }

        friend bool operator==(const iterator& i, std::default_sentinel_t) noexcept {
            return i.item_ == nullptr;
        }

    private:
        friend results_range;

        explicit iterator(run_type& run) : run_(&run) { advance(); }

        void advance() {
            item_ = run_->output().next(never);
            if (item_ == nullptr && !run_->on_own_thread()) {
                run_->wait(never);
                run_->rethrow_failure();
            }
        }

        run_type* run_;
        engine::slot<Out>* item_ = nullptr;
    };

    explicit results_range(std::shared_ptr<run_type> run) : run_(std::move(run)) {
        seat* nobody = nullptr;
        if (!run_->output().reader.compare_exchange_strong(nobody, &run_->rt.here())) {
            throw state_error(run_->label() +
                              ": results: expected no other reader, got a second one");
        }
    }

    results_range(results_range&& other) noexcept : run_(std::move(other.run_)) {}

    results_range& operator=(results_range&&) = delete;
    results_range(const results_range&) = delete;
    results_range& operator=(const results_range&) = delete;

    ~results_range() {
        if (run_ != nullptr) {
            seat* me = &run_->rt.here();
            run_->output().reader.compare_exchange_strong(me, nullptr);
            run_->reader_left();
        }
    }

    /// Starts the run if nobody has; waits for the first result.
    iterator begin() {
        if (run_->state() == run_state::ready) {
            run_->check_run();
            run_->start("results");
        }
        run_->output().reader.store(&run_->rt.here());
        return iterator(*run_);
    }

    [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

private:
    std::shared_ptr<run_type> run_;
};

}  // namespace paipa
#endif
