#ifndef PAIPA_DETAIL_RUN_RUN_BUILDER_HPP
#define PAIPA_DETAIL_RUN_RUN_BUILDER_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/flow.hpp>
#include <paipa/options.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa::detail {

/// Puts a run together, from the first step to the last.
class run_builder {
public:
    /// Throws `config_error` for what cannot work.
    run_builder(pipeline_options&& o, const step_heads& heads);

    run_builder(const run_builder&) = delete;
    run_builder& operator=(const run_builder&) = delete;
    ~run_builder();

    /// Makes the edge in front of a step, and resolves the step's options.
    edge& next_edge(std::size_t place, const item_type& type, bool keeps_items);
    /// Makes the edge behind the last step.
    edge& results(const item_type& type);

    [[nodiscard]] const std::string& name(std::size_t place) const;
    /// Resolved by `next_edge`.
    [[nodiscard]] const step_options& options(std::size_t place) const;
    /// Adds the step in this place, and what is fused to it behind.
    void add(std::size_t place, std::size_t places, std::unique_ptr<step_core> step);
    std::shared_ptr<run_core> take();

private:
    /// Nobody has declared a capacity for all edges.
    [[nodiscard]] bool is_capacity_open() const;

    std::shared_ptr<run_core> run_;
    std::vector<const step_head*> heads_;
    std::vector<std::string> names_;
    std::vector<step_options> options_;
};

/// `Place` counts fused steps one by one, `I` does not.
template <class Out, class T, std::size_t I, std::size_t Place, class Defs>
void build_steps(run_builder& builder, const Defs& defs, edge& in) {
    const auto& def = std::get<I>(defs);
    using next = typename std::tuple_element_t<I, Defs>::template output<T>;
    constexpr std::size_t count = places<std::tuple_element_t<I, Defs>>;
    constexpr bool last = I + 1 == std::tuple_size_v<Defs>;
    edge* to = nullptr;
    if constexpr (!last) {
        to = &builder.next_edge(Place + count, type_of<next>,
                                std::tuple_element_t<I + 1, Defs>::keeps_items);
    } else if constexpr (!std::is_void_v<next> && !std::is_void_v<Out>) {
        static_assert(std::is_same_v<next, Out>);
        to = &builder.results(type_of<next>);
    }
    builder.add(Place, count,
                def.template make<T>(builder.name(Place), builder.options(Place), in, to));
    if constexpr (!last) {
        build_steps<Out, next, I + 1, Place + count>(builder, defs, *to);
    }
}

/// The run of a flow that `In` goes into; what comes out is kept for `results()` unless `Out` is
/// void.
template <class In, class Out, class... Defs>
std::shared_ptr<run_core> make_run(const flow<Defs...>& f, pipeline_options&& options) {
    const auto heads = flow_access::heads(f);
    run_builder builder(std::move(options), {heads.data(), heads.size()});
    if constexpr (sizeof...(Defs) > 0) {
        using first = std::tuple_element_t<0, std::tuple<Defs...>>;
        edge& in = builder.next_edge(0, type_of<In>, first::keeps_items);
        build_steps<Out, In, 0, 0>(builder, flow_access::defs(f), in);
    }
    return builder.take();
}

}  // namespace paipa::detail
#endif
