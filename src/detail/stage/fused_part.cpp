#include <paipa/detail/stage/fused_part.hpp>
#include <paipa/detail/stage/fused_worker.hpp>

#include <cstddef>
#include <memory>

namespace paipa::detail {

fused_part::~fused_part() = default;

void fused_part::add_worker(stage_run& run, std::size_t workers) {
    workers_.reserve(workers);  // others may look at the first ones meanwhile
    workers_.push_back(std::make_unique<fused_worker>(run, *this, workers_.size()));
}

}  // namespace paipa::detail
