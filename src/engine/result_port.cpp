#include <paipa/engine/boxes.hpp>
#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/result_port.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace paipa::engine {

result_port::result_port(runtime& rt, const std::string& from, std::size_t capacity,
                         const item_type& type)
    : edge(rt, from, "results", capacity, type), rt_(rt), box_(type, false) {
    edge.add_reader(box_);
}

result_port::~result_port() {
    drop_current();
}

bool result_port::next(time_point until) {
    drop_current();
    while (!box_.take_next()) {
        measure();
        if (!fetch(box_, until)) {
            return false;
        }
    }
    has_current_ = true;
    ++in_batch_;
    ++read_;
    return true;
}

/// False: the end, or the time.
bool result_port::fetch(inbox& box, time_point until) {
    while (true) {
        const taken what = edge.take(box, times_, until, true);
        if (what != taken::meta) {
            return what == taken::items;
        }
        edge.take_meta();  // the end of its way
        edge.meta_passed();
    }
}

/// A reader takes as many at once as fit its pace, like a step.
void result_port::measure() {
    const time_point now = rt_.now();
    if (in_batch_ == 0) {
        speed_.begin(now, times_.waited());
        return;
    }
    box_.want = speed_.next_batch(std::exchange(in_batch_, 0), now, times_.waited());
    box_.pull = speed_.pull();
    box_.hurry = speed_.fast();
}

/// The reader's own box would be filled over its current item, so then a box beside it takes all,
/// the rest of the reader's batch included; the input has no end before the edge is told that the
/// current item is done with, too.
void result_port::discard(time_point until) {
    std::optional<inbox> beside;
    if (has_current_) {
        beside.emplace(edge.type(), false).steal(box_);  // the only readers, both of this thread
        beside->done = std::exchange(box_.done, 0) + (std::exchange(is_told_, true) ? 0U : 1U);
    }
    inbox& box = beside ? *beside : box_;
    do {
        for (; box.take_next(); box.done += 1) {
            box.drop_taken();
        }
        box.want = edge.type().batch;
    } while (fetch(box, until));
}

/// Those read are asked first: each of them had been taken before.
std::uint64_t result_port::unread() {
    const std::uint64_t read = read_.get();
    return edge.figures().popped - read;
}

void result_port::drop_current() noexcept {
    if (std::exchange(has_current_, false)) {
        box_.drop_taken();
        box_.done += std::exchange(is_told_, false) ? 0U : 1U;
    }
}

}  // namespace paipa::engine
