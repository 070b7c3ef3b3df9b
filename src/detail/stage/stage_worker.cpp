#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>

#include <any>
#include <cstddef>
#include <utility>

namespace paipa::detail {

stage_worker::stage_worker(stage& s, std::size_t i)
    : core(*s.run_, &s, i), in(s.in_.type(), s.options.threads > 1) {}

stage_worker::~stage_worker() = default;

void stage_worker::poke() noexcept {
    runtime& rt = core.run.rt;
    rt.point();
    in.poked.store(true);
    rt.point();
    if (seat* const s = place.load(); s != nullptr) {
        rt.unpark(*s);
    }
}

void stage_worker::hand_over(bool release) {
    out->hand_over(release);
    for (output_core* const other : other_outs) {
        other->hand_over(release);
    }
}

void stage_worker::push_meta(std::any entry) {
    for (output_core* const other : other_outs) {
        other->push_meta(entry);
    }
    out->push_meta(std::move(entry));
}

}  // namespace paipa::detail
