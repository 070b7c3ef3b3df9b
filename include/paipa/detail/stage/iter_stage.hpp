#ifndef PAIPA_DETAIL_STAGE_ITER_STAGE_HPP
#define PAIPA_DETAIL_STAGE_ITER_STAGE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/options.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace paipa::detail {

/// A step that is a function from a range of items to a range of items. Each worker runs its own
/// call of it; the items of the input range are pulled from the edge. An item is finished when the
/// next one is pulled.
class iter_stage final : public stage {
public:
    iter_stage(std::string text, const step_options& o, edge& in, std::vector<way> ways,
               std::unique_ptr<const iter_worker_maker> maker);
    ~iter_stage() override;

    void make_workers(stage_run& run) override;

    void step_initialize() override {}

    void initialize(std::size_t) override {}

    void step_shutdown() override {}

    void work(std::size_t i) override;

    /// For workers: before the input range begins.
    void begin(iter_worker& w) noexcept;
    /// For workers: takes the next item in hand. False: there is none.
    bool pull(iter_worker& w);

private:
    void end_current(iter_worker& w, bool finished) noexcept;
    taken take(iter_worker& w);
    void measure(iter_worker& w);

    const std::unique_ptr<const iter_worker_maker> maker_;
    std::vector<std::unique_ptr<iter_worker>> workers_;
};

}  // namespace paipa::detail
#endif
