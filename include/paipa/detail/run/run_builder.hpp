#ifndef PAIPA_DETAIL_RUN_RUN_BUILDER_HPP
#define PAIPA_DETAIL_RUN_RUN_BUILDER_HPP
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/flow/stage_builder.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/flow.hpp>
#include <paipa/options.hpp>

#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa::detail {

class run_core;
class step_core;

/// Puts a run together, from the first step to the last.
class run_builder final : public stage_builder {
public:
    /// Throws `config_error` for what cannot work.
    run_builder(pipeline_options&& o, const step_heads& heads);
    ~run_builder();

    /// Makes the edge in front of a step, and resolves the step's options. That of the first step
    /// is the intake.
    edge& edge_before(std::size_t step, const item_type& type, bool keeps_items);

    /// Makes the edge behind the last steps.
    edge& results(const item_type& type);

    /// A way from a step to an edge.
    way way_to(edge& to, std::size_t from);

    void add_item_stage(const place& where, bool emits, bool can_keep, const kernel_facts& facts,
                        std::unique_ptr<const item_worker_maker> workers) override;
    void add_iter_stage(const place& where,
                        std::unique_ptr<const iter_worker_maker> workers) override;

    std::shared_ptr<run_core> take();

private:
    void add(const place& where, std::unique_ptr<step_core> step);
    [[nodiscard]] bool is_capacity_open() const;

    struct parts;
    const std::unique_ptr<parts> parts_;
};

/// `Place` counts fused steps one by one, `I` does not.
template <class Out, class T, std::size_t I, std::size_t Place, class Defs>
void build_steps(run_builder& builder, const Defs& defs, edge& in) {
    const auto& def = std::get<I>(defs);
    using next = typename std::tuple_element_t<I, Defs>::template output<T>;
    constexpr std::size_t count = places<std::tuple_element_t<I, Defs>>;
    constexpr bool last = I + 1 == std::tuple_size_v<Defs>;
    edge* to = nullptr;
    std::vector<way> ways;
    if constexpr (!last) {
        to = &builder.edge_before(Place + count, type_of<next>,
                                  std::tuple_element_t<I + 1, Defs>::keeps_items);
    } else if constexpr (!std::is_void_v<next> && !std::is_void_v<Out>) {
        static_assert(std::is_same_v<next, Out>);
        to = &builder.results(type_of<next>);
    }
    if (to != nullptr) {
        ways.push_back(builder.way_to(*to, Place + count - 1));
    }
    def.template build<T>(builder,
                          {.first = Place, .count = count, .in = in, .ways = std::move(ways)});
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
        edge& in = builder.edge_before(0, type_of<In>, first::keeps_items);
        build_steps<Out, In, 0, 0>(builder, flow_access::defs(f), in);
    }
    return builder.take();
}

}  // namespace paipa::detail
#endif
