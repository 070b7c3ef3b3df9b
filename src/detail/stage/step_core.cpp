#include <paipa/detail/attempt/item_timer.hpp>  // IWYU pragma: keep (a step ends its timer)
#include <paipa/detail/stage/fused_part.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/options.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace paipa::detail {

step_core::step_core(std::string text, const step_options& o) : step_base(std::move(text), o) {}

step_core::~step_core() = default;

std::size_t step_core::threads() const noexcept {
    return options.threads + (policy.has_timeout() ? 1 : 0);
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

}  // namespace paipa::detail
