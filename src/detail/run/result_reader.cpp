#include <paipa/detail/edge/edge_bound.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace paipa::detail {

result_reader::result_reader(runtime& rt, const std::string& from, std::size_t capacity,
                             const item_type& type, bool is_open)
    : edge(rt, from, "results", capacity, type), rt_(rt), inbox_(type, false), is_open_(is_open) {
    edge.add_reader(inbox_);
}

result_reader::~result_reader() {
    drop_current();
}

bool result_reader::next_in_batch() {
    drop_current();
    if (is_over_ || !inbox_.take_next()) {
        return false;
    }
    has_current_ = true;
    ++in_batch_;
    ++read_;
    return true;
}

taken result_reader::fetch(time_point until) {
    if (is_over_) {
        return taken::end;
    }
    measure();
    while (true) {
        const taken what = edge.take(inbox_, times_, until, true);
        if (what != taken::meta) {
            return what;
        }
        edge.take_meta();  // the end of its way
        edge.meta_passed();
    }
}

/// A reader takes as many results at once as fit the time of a batch, like a worker of a step.
void result_reader::measure() {
    const time_point now = rt_.now();
    if (in_batch_ == 0) {
        sizer_.begin(now, times_.waited());
        return;
    }
    if (std::exchange(is_open_, false)) {
        edge.follow_readers(edge_bound::rule::readers_speed);
    }
    inbox_.want = sizer_.next_batch(std::exchange(in_batch_, 0), now, times_.waited());
    inbox_.pull = sizer_.pull();
    inbox_.hurry = sizer_.fast();
}

void result_reader::discard(bool on) noexcept {
    is_over_ = is_over_ || on;
    if (on && edge.carries_tickets()) {
        end_tickets();
    }
    edge.drop_instead_of_waiting(on);
}

/// The current result stays, for whoever looks at it; the others of its batch are for nobody.
void result_reader::end_tickets() noexcept {
    if (has_current_) {
        ticket_share(inbox_.take_ticket()).end(final_outcome::delivered);
    }
    inbox_.done += inbox_.drop_rest(final_outcome::delivered);
}

void result_reader::give_up_rest() noexcept {
    edge.give_up_queue();
}

/// Those read are asked first: each of them had been taken before.
std::uint64_t result_reader::unread() {
    const std::uint64_t read = read_.get();
    return edge.figures().popped - read;
}

void result_reader::drop_current() noexcept {
    if (std::exchange(has_current_, false)) {
        inbox_.drop_taken(final_outcome::delivered);
        inbox_.done += 1;
    }
}

}  // namespace paipa::detail
