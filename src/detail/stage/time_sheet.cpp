#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/report.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>

namespace paipa::detail {
namespace {

/// A thread that lost its processor in the middle of a change is not waited for.
constexpr int tries = 100;

}  // namespace

void time_sheet::add_to(time_by_state& sum, time_point now) const noexcept {
    std::array<duration::rep, activities> spent{};
    activity doing = activity::ended;
    duration::rep since = 0;
    for (int i = 0; i < tries; ++i) {
        const unsigned before = changes_.load(std::memory_order_acquire);
        for (std::size_t a = 0; a < activities; ++a) {
            spent[a] = spent_[a].load(std::memory_order_acquire);
        }
        doing = state_.load(std::memory_order_acquire);
        since = since_.load(std::memory_order_acquire);
        if (before % 2 == 0 && changes_.load(std::memory_order_relaxed) == before) {
            break;
        }
    }
    spent[static_cast<std::size_t>(doing)] +=
        std::max<duration::rep>(now.time_since_epoch().count() - since, 0);
    const auto get = [&](activity a) { return duration{spent[static_cast<std::size_t>(a)]}; };
    sum.running += get(activity::running);
    sum.waiting_for_input += get(activity::waiting_for_input);
    sum.waiting_for_room += get(activity::waiting_for_room);
    sum.waiting_to_retry += get(activity::waiting_to_retry);
    sum.waiting_for_turn += get(activity::waiting_for_turn);
    sum.waiting_for_meta += get(activity::waiting_for_meta);
    sum.in_hooks += get(activity::in_hook);
}

}  // namespace paipa::detail
