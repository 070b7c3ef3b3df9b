#ifndef PAIPA_DETAIL_RUN_RUN_PARTS_HPP
#define PAIPA_DETAIL_RUN_RUN_PARTS_HPP
#include <paipa/detail/run/accounting.hpp>
#include <paipa/detail/run/explanation.hpp>
#include <paipa/detail/run/failure_log.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/intake.hpp>
#include <paipa/detail/run/lifecycle.hpp>
#include <paipa/detail/run/notices.hpp>
#include <paipa/detail/run/one_reader.hpp>
#include <paipa/detail/stage/stage_run.hpp>

namespace paipa::detail {

/// The parts of a run. Each part has its own mutex, if any; see `lock_order`.
struct run_parts {
    explicit run_parts(stage_run& run)
        : lifecycle(run.rt),
          intake(lifecycle, graph),
          one_reader(run.rt),
          accounting(run.rt, graph, lifecycle, intake, failure_log),
          explanation(run.rt, graph, intake),
          notices(run, graph, lifecycle, accounting) {}

    detail::graph graph;
    detail::failure_log failure_log;
    detail::lifecycle lifecycle;
    detail::intake intake;
    detail::one_reader one_reader;
    detail::accounting accounting;
    detail::explanation explanation;
    detail::notices notices;
};

}  // namespace paipa::detail
#endif
