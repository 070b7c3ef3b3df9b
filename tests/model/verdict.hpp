#ifndef PAIPA_TESTS_MODEL_VERDICT_HPP
#define PAIPA_TESTS_MODEL_VERDICT_HPP
#include <paipa/paipa.hpp>

#include "erased.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace model {

/// What a run showed.
struct evidence {
    explicit evidence(std::size_t steps) {
        for (std::size_t i = 0; i < steps; ++i) {
            diaries.push_back(std::make_unique<diary>());
        }
    }

    std::vector<std::unique_ptr<diary>> diaries;  // by step
    pack out;
    bool threw = false;
    bool closed = false;
    paipa::report books{};
    std::vector<paipa::dead_letter> letters;
};

/// Empty, or what differs from the model.
std::string verdict(const flow_plan& f, const evidence& seen);

/// The nth step of the plan, with its diary.
inline script script_of(const flow_plan& f, const evidence& seen, std::size_t n) {
    return {&f.steps[n], seen.diaries[n].get()};
}

/// The flow of these kinds of steps, from the nth of the plan on.
template <char Kind, char... Rest>
auto build(const flow_plan& f, const evidence& seen, std::size_t n) {
    const script s = script_of(f, seen, n);
    const std::string name = "step " + std::to_string(n);
    const auto first = [&] {
        if constexpr (Kind == 's') {
            return paipa::detail::flow_access::make(make_plain(name, s));
        } else {
            return paipa::detail::flow_access::make(make_chunk(name, s)) |
                   paipa::detail::flow_access::make(make_flatten(name + " flat", s));
        }
    }();
    if constexpr (sizeof...(Rest) == 0) {
        return first;
    } else {
        return first | build<Rest...>(f, seen, n + 1);
    }
}

/// Calls `run` with the flow of the plan.
template <class F>
void with_flow(const flow_plan& f, const evidence& seen, F run) {
    const std::string& shape = shapes[f.shape];
    const auto if_shape = [&]<char... Kinds>() {
        if (shape == std::string{Kinds...}) {
            run(build<Kinds...>(f, seen, 0));
        }
    };
    if_shape.template operator()<'s', 's'>();
    if_shape.template operator()<'s', 's', 's'>();
    if_shape.template operator()<'s', 's', 's', 's'>();
    if_shape.template operator()<'s', 's', 's', 's', 's'>();
    if_shape.template operator()<'s', 's', 's', 's', 's', 's'>();
    if_shape.template operator()<'c', 's'>();
    if_shape.template operator()<'s', 'c'>();
    if_shape.template operator()<'s', 'c', 's'>();
    if_shape.template operator()<'c', 's', 'c'>();
    if_shape.template operator()<'s', 's', 'c', 's'>();
}

}  // namespace model
#endif
