#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/stage_worker.hpp>

#include <cstddef>
#include <utility>

namespace paipa::detail {

item_stage_worker::item_stage_worker(item_stage& s, std::size_t i)
    : stage_worker(s, i), stage_(s) {}

item_stage_worker::~item_stage_worker() = default;

bool item_stage_worker::is_plain() const noexcept {
    return stage_.is_plain();
}

const edge_core& item_stage_worker::input() const noexcept {
    return stage_.in();
}

way item_stage_worker::to() const noexcept {
    return stage_.first_way();
}

bool item_stage_worker::try_begins() {
    return stage_.begin(*this);
}

void item_stage_worker::try_starts() {
    stage_.start(*this);
}

bool item_stage_worker::try_goes_on() {
    return stage_.go_on(*this);
}

void item_stage_worker::try_succeeded(outcome o) {
    stage_.succeeded(*this, o);
}

bool item_stage_worker::try_settled(call_end end, void* cell, given_item given) {
    return stage_.end(*this, std::move(end), cell, given);
}

item_worker_maker::~item_worker_maker() = default;

}  // namespace paipa::detail
