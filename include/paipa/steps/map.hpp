#ifndef PAIPA_STEPS_MAP_HPP
#define PAIPA_STEPS_MAP_HPP

#include <paipa/engine/definitions.hpp>
#include <paipa/engine/step_head.hpp>
#include <paipa/flow.hpp>

#include <memory>
#include <utility>

namespace paipa {

/// An unnamed function step: what `f` returns passes on, with all forms of `step("name", f)`.
template <class F>
[[nodiscard]] auto map(F f) {
    if constexpr (engine::check_copyable<F>()) {
        return flow(engine::function_def<F>(engine::step_head{.name = "map"},
                                            std::make_shared<const F>(std::move(f))));
    } else {
        return flow<>();
    }
}

}  // namespace paipa
#endif
