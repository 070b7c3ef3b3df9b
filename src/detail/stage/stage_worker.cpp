#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/options.hpp>

#include <cstddef>

namespace paipa::detail {

stage_worker::stage_worker(stage& s, std::size_t i)
    : core(*s.run_, &s, i), in(s.in_.type(), s.options.threads > 1) {}

stage_worker::~stage_worker() = default;

}  // namespace paipa::detail
