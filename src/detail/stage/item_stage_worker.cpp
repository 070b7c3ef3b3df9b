#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
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

edge* item_stage_worker::to() const noexcept {
    return stage_.to();
}

bool item_stage_worker::try_begins(std::uint64_t place, const retry_entry* before) {
    return stage_.begin(*this, place, before);
}

void item_stage_worker::try_succeeded(outcome o) {
    stage_.succeeded(*this, o);
}

void item_stage_worker::try_timed_out(void* cell, retry_entry* before) {
    stage_.timed_out(*this, cell, before);
}

void item_stage_worker::try_given_back(std::uint64_t place, item_box item, time_point due) {
    stage_.given_back(*this, place, std::move(item), due);
}

bool item_stage_worker::try_threw(std::uint64_t place, void* cell, retry_entry* before) {
    return stage_.threw(*this, place, cell, before);
}

item_worker_maker::~item_worker_maker() = default;

}  // namespace paipa::detail
