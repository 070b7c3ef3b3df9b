#include <paipa/engine/fused_part.hpp>
#include <paipa/engine/held_outputs.hpp>
#include <paipa/engine/item_timer.hpp>  // IWYU pragma: keep (a step ends its timer)
#include <paipa/engine/run_core.hpp>
#include <paipa/engine/surroundings.hpp>
#include <paipa/options.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

// What a run is made of: steps and sources, as far as no item type matters.

namespace paipa::engine {

step_core::step_core(std::string text, const step_options& o) : step_base(std::move(text), o) {}

step_core::~step_core() = default;

std::size_t step_core::threads() const noexcept {
    return options.threads + (has_timeout(options) ? 1 : 0);
}

void step_core::add_part(std::string text, const step_options& o) {
    parts_.push_back(std::make_unique<fused_part>(std::move(text), o));
}

void step_core::request_stop() noexcept {
    stop.request();
    for (const auto& part : parts_) {
        part->stop.request();
    }
}

bool step_core::stop_may_run_user_code() const noexcept {
    return stop.may_run_user_code() ||
           std::any_of(parts_.begin(), parts_.end(),
                       [](const auto& part) { return part->stop.may_run_user_code(); });
}

source_core::source_core(run_base& run, std::string text)
    : kind(std::move(text)), name(kind), core(run, nullptr, 0) {}

source_core::~source_core() = default;

}  // namespace paipa::engine
