#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/settle_failure.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/runtime.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace paipa::detail {

item_outcome settle_failure(worker_context& w, failed_try& f, std::vector<retry_entry>& back,
                            const std::function<void(dead_letter)>& add_dead_letter) {
    const auto add = [&](dead_letter letter) {
        letter.step = w.step->name;
        letter.worker = w.index;
        add_dead_letter(std::move(letter));
    };
    const std::uint64_t seed = f.tried.number * 31 + w.index * 7 + w.step->position;
    const std::size_t waiting = back.size();
    const item_outcome o = w.step->policy.apply(f, seed, w.run.rt.now(), back, add);
    if (o == item_outcome::dead) {
        ++w.dead;
        w.note(final_outcome::dead);
    } else if (o == item_outcome::dropped) {
        ++w.dropped;
        w.note(final_outcome::dropped);
    } else if (o == item_outcome::failed) {
        w.count(outcome::abandoned);
    } else if (w.hand != nullptr && back.size() > waiting) {
        back.back().ticket = w.hand->keep();
    }
    return o;
}

}  // namespace paipa::detail
