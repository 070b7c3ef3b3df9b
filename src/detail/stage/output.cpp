#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include <algorithm>
#include <any>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace paipa::detail {

output_core::output_core(worker_context& worker, way to, const item_type* type, bool hold)
    : worker_(worker),
      to_(to.to),
      direct_(hold ? nullptr : to.to),
      outbox_(to.to == nullptr ? nullptr : type),
      holding_(hold) {
    outbox_.inlet = to.inlet;
    worker_.staged.push_back(&outbox_.added());
}

output_core::~output_core() = default;

void output_core::open() {
    if (to_ != nullptr) {
        to_->add_writer(outbox_);
        tickets_ = worker_.hand != nullptr ? outbox_.tickets() : nullptr;
        hold(holding_);
    }
}

void output_core::share_with_held(bool comes_back) noexcept {
    const auto outputs = static_cast<std::uint32_t>(held_.size());
    held_.set_tickets(worker_.hand->shares_for_outputs(outputs, !comes_back));
}

bool output_core::make_place() {
    if (!worker_.hand->is_ready()) {
        hand_over(true);  // it waits for what it has sent before to end
        worker_.hand->wait_until_ready();
    }
    if (outbox_.full() && !to_->make_room(outbox_, worker_.times)) {
        worker_.hand->note_for_good(refused_as());
        return false;
    }
    return true;
}

/// How an item has ended that the edge did not take.
final_outcome output_core::refused_as() const noexcept {
    return to_->is_cancelled() ? final_outcome::abandoned : final_outcome::dropped;
}

void output_core::send_all(output_list& outputs) {
    std::size_t i = 0;
    try {
        while (i < outputs.size()) {
            const std::size_t n = to_ == nullptr
                                      ? 0
                                      : to_->emit_items(outbox_, worker_.times, outputs.items(), i,
                                                        outputs.size() - i);
            if (n == 0) {  // nobody wants it
                outputs.drop(i++, to_ == nullptr ? final_outcome::delivered : refused_as());
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

bool output_core::make_room() {
    return to_ == nullptr || !outbox_.full() || to_->make_room(outbox_, worker_.times, false);
}

void output_core::hand_over(bool release) {
    if (to_ != nullptr) {
        to_->hand_over(outbox_, release);
    }
}

void output_core::push_meta(std::any entry) {
    if (to_ != nullptr) {
        to_->push_meta(std::move(entry), outbox_.inlet, &worker_.times);
    }
}

void output_core::on_overflow(std::function<bool(std::size_t)> may_send) {
    may_send_ = std::move(may_send);
    overflow_at_ = 1;
}

void output_core::overflow() {
    const std::size_t held = held_.size();
    overflow_at_ = held > most_held_outputs ? 2 * held : std::min(2 * held, most_held_outputs + 1);
    if (may_send_(held)) {
        give_tickets(true);
        holding_ = false;
        direct_ = tickets_ != nullptr ? nullptr : to_;
        send_held();
    }
}

}  // namespace paipa::detail
