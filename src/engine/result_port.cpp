#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/result_port.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace paipa::engine {

result_port::result_port(runtime& rt, const std::string& from, std::size_t capacity,
                         const item_type& type)
    : edge(rt, from, "results", capacity, type), box_(type, false) {
    edge.add_reader(box_);
}

result_port::~result_port() {
    drop_current();
}

bool result_port::next(time_point until) {
    drop_current();
    while (true) {
        has_current_ = box_.take_next();
        if (has_current_) {
            return true;
        }
        const taken what = edge.take(box_, times_, until, true);
        if (what == taken::meta) {
            edge.take_meta();  // the end of its way
            edge.meta_passed();
        } else if (what != taken::items) {
            return false;
        }
    }
}

void result_port::discard(time_point until) {
    while (next(until)) {
        unread.fetch_add(1);
    }
}

void result_port::drop_current() noexcept {
    if (std::exchange(has_current_, false)) {
        box_.drop_taken();
        box_.done += 1;
    }
}

}  // namespace paipa::engine
