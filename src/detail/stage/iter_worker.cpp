#include <paipa/detail/stage/iter_worker.hpp>

namespace paipa::detail {

iter_worker::~iter_worker() = default;

iter_worker_maker::~iter_worker_maker() = default;

}  // namespace paipa::detail
