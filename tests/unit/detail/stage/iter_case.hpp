#ifndef PAIPA_TESTS_UNIT_DETAIL_STAGE_ITER_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_STAGE_ITER_CASE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/stage/iter_stage.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/options.hpp>

#include "stage_case.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace stage_case {

/// A worker whose range does what the test says.
class range_worker final : public paipa::detail::iter_worker {
public:
    using body = std::function<void(range_worker&)>;

    range_worker(paipa::detail::iter_stage& s, std::size_t i, body b)
        : iter_worker(s, i), sent(core, iter_worker::to(), false), body_(std::move(b)) {
        out = &sent;
    }

    void run() override {
        begin_input();
        body_(*this);
    }

    /// The next number of the input; -1: there is none.
    int next() { return pull() ? in.taken_as<int>().get() : -1; }

    using iter_worker::pull;
    using iter_worker::to;

    paipa::detail::output<int> sent;

private:
    const body body_;
};

class range_worker_maker final : public paipa::detail::iter_worker_maker {
public:
    explicit range_worker_maker(range_worker::body b) : body_(std::move(b)) {}

    [[nodiscard]] std::unique_ptr<paipa::detail::iter_worker> make(
        paipa::detail::iter_stage& s, std::size_t worker) const override {
        return std::make_unique<range_worker>(s, worker, body_);
    }

private:
    const range_worker::body body_;
};

/// A step of numbers from range to range.
inline std::unique_ptr<paipa::detail::iter_stage> range_step(const paipa::step_options& o,
                                                             paipa::detail::edge& in,
                                                             paipa::detail::edge* to,
                                                             range_worker::body b) {
    return std::make_unique<paipa::detail::iter_stage>(
        "a", o, in, stage_case::ways_to(to), std::make_unique<range_worker_maker>(std::move(b)));
}

}  // namespace stage_case
#endif
