#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/stage/emitter.hpp>
#include <paipa/detail/stage/worker_context.hpp>

#include <algorithm>
#include <any>
#include <cstddef>
#include <functional>
#include <utility>

namespace paipa::detail {

emitter_core::emitter_core(worker_context& worker, edge* to, const item_type* type, bool hold)
    : worker_(worker),
      to_(to),
      direct_(hold ? nullptr : to),
      box_(to == nullptr ? nullptr : type),
      holding_(hold) {
    worker_.staged = &box_.added();
}

emitter_core::~emitter_core() = default;

void emitter_core::open() {
    if (to_ != nullptr) {
        to_->add_writer(box_);
    }
}

void emitter_core::send_all(output_list& outputs) {
    std::size_t i = 0;
    try {
        while (i < outputs.size()) {
            const std::size_t n =
                to_ == nullptr
                    ? 0
                    : to_->emit_cells(box_, worker_.times, outputs.cell(i), outputs.size() - i);
            if (n == 0) {
                outputs.drop(i++);  // nobody wants it
                ++worker_.unstaged;
            }
            i += n;
        }
    } catch (...) {
        outputs.forget(i);  // the rest is lost, and counted as such
        throw;
    }
    outputs.forget(i);
    outputs.clear();
}

bool emitter_core::make_room() {
    return to_ == nullptr || !box_.full() || to_->make_room(box_, worker_.times, false);
}

void emitter_core::hand_over(bool release) {
    if (to_ != nullptr) {
        to_->hand_over(box_, release);
    }
}

void emitter_core::push_meta(std::any entry) {
    if (to_ != nullptr) {
        to_->push_meta(std::move(entry));
    }
}

void emitter_core::on_overflow(std::function<bool(std::size_t)> may_send) {
    may_send_ = std::move(may_send);
    overflow_at_ = 1;
}

void emitter_core::overflow() {
    const std::size_t held = held_.size();
    overflow_at_ = held > most_held_outputs ? 2 * held : std::min(2 * held, most_held_outputs + 1);
    if (may_send_(held)) {
        holding_ = false;
        direct_ = to_;
        send_held();
    }
}

}  // namespace paipa::detail
