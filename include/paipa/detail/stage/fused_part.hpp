#ifndef PAIPA_DETAIL_STAGE_FUSED_PART_HPP
#define PAIPA_DETAIL_STAGE_FUSED_PART_HPP
#include <paipa/detail/stage/fused_worker.hpp>
#include <paipa/detail/stage/step_base.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace paipa::detail {

class stage_run;

/// A function step behind another one on the same worker, see `fuse`: its name, options and books.
class fused_part final : public step_base {
public:
    using step_base::step_base;
    ~fused_part();

    /// Adds the next one of so many workers, before the stage's own worker counts as made. They
    /// stay until the run is destroyed.
    void add_worker(stage_run& run, std::size_t workers);

    [[nodiscard]] fused_worker& worker(std::size_t worker) const { return *workers_[worker]; }

private:
    std::vector<std::unique_ptr<fused_worker>> workers_;
};

}  // namespace paipa::detail
#endif
