#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/iter_stage.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/detail/stage/stage_worker.hpp>

#include <cstddef>

namespace paipa::detail {

iter_worker::iter_worker(iter_stage& s, std::size_t i) : stage_worker(s, i), stage_(s) {}

iter_worker::~iter_worker() = default;

way iter_worker::to() const noexcept {
    return stage_.first_way();
}

void iter_worker::begin_input() noexcept {
    stage_.begin(*this);
}

bool iter_worker::pull() {
    return stage_.pull(*this);
}

iter_worker_maker::~iter_worker_maker() = default;

}  // namespace paipa::detail
