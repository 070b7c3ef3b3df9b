#ifndef PAIPA_DETAIL_FLOW_FUSED_DEF_HPP
#define PAIPA_DETAIL_FLOW_FUSED_DEF_HPP
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/kernel/fused_kernel.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/flow.hpp>

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace paipa::detail {

/// Function steps on one worker: one stage, the first one's, with a part for each of the others.
template <class First, class... Rest>
struct fused_def : item_def<fused_def<First, Rest...>> {
    static constexpr std::size_t places = 1 + sizeof...(Rest);
    using declared = declared_item<First>;

    fused_def(function_def<First> first, function_def<Rest>... rest)
        : item_def<fused_def>(first.head),
          more{rest.head...},
          members(std::move(first), std::move(rest)...) {
        for (const step_head& h : more) {
            check_fused(this->head, h);
        }
    }

    template <class T>
    using output = typename walk<1, T, function_def<First>, function_def<Rest>...>::type;

    template <std::size_t Place, class T>
    static consteval bool check() {
        return walk<Place, T, function_def<First>, function_def<Rest>...>::ok;
    }

    template <class T>
    using kernel = fused_kernel<T, First, Rest...>;

    template <class T>
    [[nodiscard]] auto kernel_maker() const {
        return [all = members] {
            return std::apply([](const auto&... m) { return kernel<T>(std::tie(*m.f...)); }, all);
        };
    }

    std::vector<step_head> more;  // of the steps behind the first
    std::tuple<function_def<First>, function_def<Rest>...> members;
};

}  // namespace paipa::detail
#endif
