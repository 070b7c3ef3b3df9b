#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_bound.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/iter_stage.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/error.hpp>
#include <paipa/options.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

struct run_builder::parts {
    std::shared_ptr<run_core> run;
    std::vector<const step_head*> heads;
    std::vector<std::string> names;
    std::vector<step_options> options;  // of each step, resolved by `edge_before`
};

run_builder::run_builder(pipeline_options&& o, const step_heads& heads)
    : parts_(std::make_unique<parts>(
          parts{std::make_shared<run_core>(std::move(o)), {heads.begin(), heads.end()}, {}, {}})) {
    const run_core& run = *parts_->run;
    check_pipeline(run.options);
    if (parts_->heads.empty()) {
        throw config_error(run.label() + ": flow: expected at least one step, got an empty flow");
    }
    parts_->names = unique_names(heads);
    for (const step_head* const head : heads) {
        parts_->options.push_back(head->options);
    }
}

run_builder::~run_builder() = default;

edge& run_builder::edge_before(std::size_t step, const item_type& type, bool keeps_items) {
    run_core& run = *parts_->run;
    const step_head& head = *parts_->heads[step];
    step_options& o = parts_->options[step];
    o = resolve(head, run.options, type.default_items, keeps_items);
    auto& edges = run.parts().graph.edges;
    edges.push_back(std::make_unique<edge>(run.rt, "", parts_->names[step], o.capacity, type));
    edge& made = *edges.back();
    if (head.options.capacity == default_capacity && is_capacity_open()) {
        made.follow_readers(edge_bound::rule::readers_speed);
    }
    if (step == 0) {
        made.set_intake();
        made.add_inlet("intake");
    }
    return made;
}

edge& run_builder::results(const item_type& type) {
    run_core& run = *parts_->run;
    const std::size_t capacity = is_capacity_open() ? type.default_items : run.options.capacity;
    auto& results = run.parts().graph.results;
    results = std::make_unique<result_reader>(run.rt, "", capacity, type, is_capacity_open());
    return results->edge;
}

way run_builder::way_to(edge& to, std::size_t from) {
    return {.to = &to, .inlet = to.add_inlet(parts_->names[from])};
}

/// Nobody has declared a capacity for all edges.
bool run_builder::is_capacity_open() const {
    return parts_->run->options.capacity == default_capacity;
}

std::shared_ptr<run_core> run_builder::take() {
    parts_->run->built();
    return std::move(parts_->run);
}

void run_builder::add_item_stage(const place& where, bool emits, bool can_keep,
                                 const kernel_facts& facts,
                                 std::unique_ptr<const item_worker_maker> workers) {
    const std::string& name = parts_->names[where.first];
    const step_options& o = parts_->options[where.first];
    check_can_keep(name, o, can_keep);
    add(where, std::make_unique<item_stage>(name, o, where.in, where.ways, emits, facts,
                                            std::move(workers)));
}

void run_builder::add_iter_stage(const place& where,
                                 std::unique_ptr<const iter_worker_maker> workers) {
    add(where,
        std::make_unique<iter_stage>(parts_->names[where.first], parts_->options[where.first],
                                     where.in, where.ways, std::move(workers)));
}

/// Adds the stage, with the steps that are fused to it.
void run_builder::add(const place& where, std::unique_ptr<step_core> step) {
    run_core& run = *parts_->run;
    for (std::size_t i = where.first + 1; i < where.first + where.count; ++i) {
        step_options o = resolve(*parts_->heads[i], run.options, 0, true);
        o.threads = step->options.threads;
        o.retry.attempts = 1;
        step->add_part(parts_->names[i], o);
    }
    auto& steps = run.parts().graph.steps;
    step->position = steps.size();
    const auto& results = run.parts().graph.results;
    step->is_last = std::all_of(where.ways.begin(), where.ways.end(), [&](const way& w) {
        return results != nullptr && w.to == &results->edge;
    });
    steps.push_back(std::move(step));
}

}  // namespace paipa::detail
