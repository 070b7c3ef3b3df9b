#ifndef PAIPA_TESTS_UNIT_DETAIL_STAGE_IDLE_STAGE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_STAGE_IDLE_STAGE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>
#include <paipa/options.hpp>

#include "stage_case.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace stage_case {

template <class Out>
struct idle_worker final : paipa::detail::stage_worker {
    idle_worker(paipa::detail::stage& s, std::size_t i)
        : stage_worker(s, i), sent(core, s.first_way(), false) {
        out = &sent;
    }

    paipa::detail::output<Out> sent;
    paipa::detail::ticket_in_hand hand{};
};

/// A stage whose workers do what the test does with them.
template <class Out>
class idle_stage final : public paipa::detail::stage {
public:
    idle_stage(const paipa::step_options& o, paipa::detail::edge& in, paipa::detail::edge* to)
        : stage("a", o, in, ways_to(to), true) {}

    idle_stage(const paipa::step_options& o, paipa::detail::edge& in, paipa::detail::way to)
        : stage("a", o, in, {to}, true) {}

    void make_workers(paipa::detail::stage_run& run) override {
        run_ = &run;
        for (std::size_t i = 0; i < options.threads; ++i) {
            workers.push_back(std::make_unique<idle_worker<Out>>(*this, i));
            enrol(*workers.back(), workers.back()->hand);
        }
    }

    void step_initialize() override {}

    void initialize(std::size_t /*worker*/) override {}

    void work(std::size_t /*worker*/) override {}

    void step_shutdown() override {}

    using stage::any_number;
    using stage::guarded;
    using stage::in_hook;
    using stage::pace;
    using stage::progress;

    std::vector<std::unique_ptr<idle_worker<Out>>> workers{};
};

}  // namespace stage_case
#endif
