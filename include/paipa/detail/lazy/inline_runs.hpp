#ifndef PAIPA_DETAIL_LAZY_INLINE_RUNS_HPP
#define PAIPA_DETAIL_LAZY_INLINE_RUNS_HPP
#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/failure.hpp>
#include <paipa/report.hpp>

#include <memory>
#include <string>
#include <vector>

namespace paipa::detail {

class run_core;

/// All runs of one walk along a chain. A `threaded` step ends one, as what stands in front of it is
/// walked on another thread: what stands behind belongs to the next.
///
/// Threads: those of the thread that iterates the chain. A run in front of a `threaded` is asked
///          for its books when it is over.
class inline_runs {
public:
    inline_runs();
    ~inline_runs();
    inline_runs(const inline_runs&) = delete;
    inline_runs& operator=(const inline_runs&) = delete;

    /// Of the steps that come next, or came last.
    [[nodiscard]] inline_run& last() const noexcept { return *walked_.back(); }

    /// Behind a `threaded` step, whose run is `threads`.
    void begin_next(std::shared_ptr<run_core> threads);

    /// A name that no step before has.
    [[nodiscard]] std::string unique_name(const std::string& name, bool named) const;

    [[nodiscard]] report books() const;
    [[nodiscard]] std::vector<dead_letter> dead_letters() const;

private:
    template <class F>
    void for_each(F f) const;

    std::vector<std::unique_ptr<inline_run>> walked_;
    std::vector<std::shared_ptr<run_core>> threads_;  // between those
};

}  // namespace paipa::detail
#endif
