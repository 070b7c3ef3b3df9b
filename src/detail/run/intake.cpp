#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/intake.hpp>
#include <paipa/detail/run/lifecycle.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/report.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace paipa::detail {

intake::intake(lifecycle& life, graph& g) noexcept : life_(life), graph_(g) {}

intake::~intake() = default;

run_state intake::begin(std::size_t threads) {
    const mutex_lock lock(mutex_);
    const run_state before = life_.begin(threads + sources_.size());
    if (before == run_state::ready) {
        ends_with_sources_ = !sources_.empty();
    }
    return before;
}

intake::added intake::add(std::unique_ptr<source_core> source) {
    const mutex_lock lock(mutex_);
    const auto namesakes = std::count_if(sources_.begin(), sources_.end(),
                                         [&](const auto& s) { return s->kind == source->kind; });
    if (namesakes > 0) {
        source->name += "#" + std::to_string(namesakes + 1);
    }
    sources_.reserve(sources_.size() + 1);  // first: a thread that is counted must come
    if (!life_.add_source()) {
        return {.is_late = true, .to_start = nullptr};
    }
    sources_.push_back(std::move(source));
    ++left_;
    return {.is_late = false, .to_start = have_started_ ? sources_.back().get() : nullptr};
}

source_core* intake::next_to_start(std::size_t i) {
    const mutex_lock lock(mutex_);
    have_started_ = i == sources_.size();
    return have_started_ ? nullptr : sources_[i].get();
}

void intake::give_up_start() {
    const mutex_lock lock(mutex_);
    life_.remove_threads(sources_.size());
    left_ = 0;
}

void intake::source_left() {
    bool is_last = false;
    {
        const mutex_lock lock(mutex_);
        is_last = --left_ == 0 && life_.sources_ended(ends_with_sources_);
    }
    if (is_last) {
        graph_.intake().close(life_.closed_why());
    }
}

/// A source that leaves meanwhile counts itself off before it looks whether the run finishes, and
/// this looks in the other order: one of them sees the other, and closes the edge.
void intake::finish() {
    life_.finish();
    bool close = false;
    {
        const mutex_lock lock(mutex_);
        close = left_ == 0;
    }
    for_each([](source_core& source) { source.interrupt(); });
    if (close) {
        graph_.intake().close(life_.closed_why());
    }
}

void intake::stop_sources() noexcept {
    for_each([](source_core& source) {
        source.stopping.store(true);
        source.interrupt();
    });
}

void intake::request_stops() noexcept {
    for_each([](source_core& source) { source.stop.request(); });
}

bool intake::stops_may_run_user_code() const noexcept {
    bool may = false;
    for_each([&may](const source_core& source) { may |= source.stop.may_run_user_code(); });
    return may;
}

void intake::sources_left(std::string_view why) noexcept {
    for_each([why](source_core& source) { source.leave(why); });
}

bool intake::ends_by_itself() const {
    const mutex_lock lock(mutex_);
    return !sources_.empty() && std::all_of(sources_.begin(), sources_.end(),
                                            [](const auto& s) { return s->ends_by_itself(); });
}

source_core* intake::source(std::size_t i) const noexcept {
    const mutex_lock lock(mutex_);
    return i < sources_.size() ? sources_[i].get() : nullptr;
}

std::string intake::name_of(const worker_context& at) const {
    std::string name = "source";
    for_each([&](const source_core& source) {
        if (&source.core == &at) {
            name = source.name;
        }
    });
    return name;
}

/// Not under the lock: sources may call user code.
template <class F>
void intake::for_each(F f) const {
    for (std::size_t i = 0; source_core* const s = source(i); ++i) {
        f(*s);
    }
}

}  // namespace paipa::detail
