#ifndef PAIPA_TESTS_MODEL_ARRIVALS_HPP
#define PAIPA_TESTS_MODEL_ARRIVALS_HPP
#include <paipa/abstract_step.hpp>

#include <any>
#include <cstddef>
#include <utility>
#include <vector>

namespace model {

/// What reaches a sink: items, and entries with the number of items before them.
struct arrivals {
    std::vector<int> items{};
    std::vector<std::pair<int, std::size_t>> entries{};
};

/// Writes down what reaches it.
class sink_step final : public paipa::abstract_step<int, void> {
public:
    explicit sink_step(arrivals* to) : to_(*to) {}

    void process(int n) override { to_.items.push_back(n); }

    std::any process_meta(std::any entry) override {
        to_.entries.emplace_back(std::any_cast<int>(entry), to_.items.size());
        return entry;
    }

private:
    arrivals& to_;
};

}  // namespace model
#endif
