#include <paipa/detail/stage/item_stage_worker.hpp>

namespace paipa::detail {

item_stage_worker::~item_stage_worker() = default;

item_worker_maker::~item_worker_maker() = default;

}  // namespace paipa::detail
