#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_bound.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/error.hpp>
#include <paipa/options.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {

run_builder::run_builder(pipeline_options&& o, const step_heads& heads)
    : run_(std::make_shared<run_core>(std::move(o))), heads_(heads.begin(), heads.end()) {
    check_pipeline(run_->options);
    if (heads_.empty()) {
        throw config_error(run_->label() + ": flow: expected at least one step, got an empty flow");
    }
    names_ = unique_names(heads);
    for (const step_head* const head : heads_) {
        options_.push_back(head->options);
    }
}

run_builder::~run_builder() = default;

edge& run_builder::next_edge(std::size_t place, const item_type& type, bool keeps_items) {
    step_options& o = options_[place];
    o = resolve(*heads_[place], run_->options, type.default_items, keeps_items);
    const std::string from = place == 0 ? "intake" : names_[place - 1];
    run_->parts().graph.edges.push_back(
        std::make_unique<edge>(run_->rt, from, names_[place], o.capacity, type));
    edge& made = *run_->parts().graph.edges.back();
    if (heads_[place]->options.capacity == default_capacity && is_capacity_open()) {
        made.follow_readers(edge_bound::rule::readers_speed);
    }
    if (place == 0) {
        made.set_intake();
    }
    return made;
}

edge& run_builder::results(const item_type& type) {
    const std::size_t capacity = is_capacity_open() ? type.default_items : run_->options.capacity;
    run_->parts().graph.results = std::make_unique<result_reader>(run_->rt, names_.back(), capacity,
                                                                  type, is_capacity_open());
    return run_->parts().graph.results->edge;
}

bool run_builder::is_capacity_open() const {
    return run_->options.capacity == default_capacity;
}

const std::string& run_builder::name(std::size_t place) const {
    return names_[place];
}

const step_options& run_builder::options(std::size_t place) const {
    return options_[place];
}

std::shared_ptr<run_core> run_builder::take() {
    run_->built();
    return std::move(run_);
}

void run_builder::add(std::size_t place, std::size_t places, std::unique_ptr<step_core> step) {
    for (std::size_t i = place + 1; i < place + places; ++i) {
        step_options o = resolve(*heads_[i], run_->options, 0, true);
        o.threads = step->options.threads;
        o.retry.attempts = 1;
        step->add_part(names_[i], o);
    }
    step->position = run_->parts().graph.steps.size();
    step->is_last = place + places == heads_.size();
    run_->parts().graph.steps.push_back(std::move(step));
}

}  // namespace paipa::detail
