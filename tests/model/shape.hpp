#ifndef PAIPA_TESTS_MODEL_SHAPE_HPP
#define PAIPA_TESTS_MODEL_SHAPE_HPP
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// A run with forks and merges, chosen by a seed: what its steps do, and where their ways lead.

namespace model {

/// An item, and the ways that it has taken: three bits for each fork, from 1.
struct traveller {
    int id;
    std::uint64_t path;

    auto operator<=>(const traveller&) const = default;

    /// Takes this way of a fork.
    void take(std::size_t way) noexcept { path = (path << 3U) | (way + 1); }

    /// By steps that skip.
    [[nodiscard]] bool is_skipped() const noexcept { return id % 5 == 2; }
};

enum class deed {
    pass,      // hands its item on
    skip,      // skips every fifth item
    retry,     // fails at the first try of every third item
    fail,      // fails for one item, and the run with it
    leave,     // an iter step that ends after some items
    route,     // a fork: each item takes one way
    broadcast  // a fork: each item takes all ways
};

/// One step of a shape. Steps are numbered so that each way leads to a higher number.
struct shape_step {
    deed does = deed::pass;
    std::size_t threads = 1;
    bool ordered = false;
    std::size_t capacity = 1;       // of the edge in front
    int number = 0;                 // of the item that fails, or of the items before it leaves
    std::vector<std::size_t> to{};  // the steps that its ways lead to

    [[nodiscard]] bool is_fork() const noexcept {
        return does == deed::route || does == deed::broadcast;
    }

    /// Items that take the same ways leave it in the order in which they came.
    [[nodiscard]] bool keeps_order() const noexcept {
        return ordered || (threads == 1 && does != deed::retry);
    }

    /// A fork's way for an item, or all.
    [[nodiscard]] std::size_t way_of(const traveller& t) const noexcept {
        return static_cast<std::size_t>(t.id) % to.size();
    }
};

/// What may happen in a shape.
struct mishaps {
    bool failures = false;
    bool branches_leave = false;
    bool sink_leaves = false;
};

/// The last step is the sink, which writes down what comes.
struct shape {
    std::vector<shape_step> steps{};
    int items = 40;
    bool is_diamond = false;
    std::vector<int> entries{};  // meta entries: as many items were put before

    [[nodiscard]] std::string text() const;

    /// Some step may end before its input.
    [[nodiscard]] bool has_early_ends() const noexcept {
        return std::any_of(steps.begin(), steps.end(),
                           [](const shape_step& s) { return s.does == deed::leave; });
    }

    /// No step fails or ends early.
    [[nodiscard]] bool ends_well() const noexcept {
        return !has_early_ends() &&
               std::none_of(steps.begin(), steps.end(),
                            [](const shape_step& s) { return s.does == deed::fail; });
    }
};

/// Two branches between a fork and the sink: one with retries, one with several workers.
shape diamond(unsigned seed, bool broadcast, mishaps may);

/// Forks within forks, with branches of no step to several.
shape random_shape(unsigned seed, mishaps may);

}  // namespace model
#endif
