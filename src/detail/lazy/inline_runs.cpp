#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/inline_runs.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/failure.hpp>
#include <paipa/report.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace paipa::detail {
namespace {

template <class T>
void append(std::vector<T>& all, std::vector<T> more) {
    all.insert(all.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

/// The first failure first. It goes through all runs behind its own; there it is no other one.
void add_failures(report& all, const report& part) {
    all.failure_count += part.failure_count;
    for (const failure& f : part.failures) {
        if (std::any_of(all.failures.begin(), all.failures.end(),
                        [&](const failure& known) { return known.error == f.error; })) {
            --all.failure_count;
        } else {
            all.failures.insert(std::upper_bound(all.failures.begin(), all.failures.end(), f,
                                                 [](const failure& a, const failure& b) {
                                                     return a.when < b.when;
                                                 }),
                                f);
        }
    }
}

void add(report& all, report part) {
    add_failures(all, part);
    all.state = part.state;
    all.elapsed = part.elapsed;
    if (!part.steps.empty()) {
        all.delivered = part.delivered;
    }
    append(all.steps, std::move(part.steps));
    append(all.edges, std::move(part.edges));
    append(all.sources, std::move(part.sources));
    all.results_unread += part.results_unread;
}

}  // namespace

inline_runs::inline_runs() {
    walked_.push_back(std::make_unique<inline_run>());
}

/// From the last one on: its steps hold the results of the threads in front of them.
inline_runs::~inline_runs() {
    while (!threads_.empty()) {
        walked_.pop_back();
        threads_.pop_back();
    }
}

void inline_runs::begin_next(std::shared_ptr<run_core> threads) {
    threads_.push_back(threads);
    walked_.push_back(std::make_unique<inline_run>(std::move(threads)));
}

std::string inline_runs::unique_name(const std::string& name, bool named) const {
    const auto taken = [this](const std::string& n) {
        return std::any_of(walked_.begin(), walked_.end(),
                           [&](const auto& run) { return run->has_step(n); });
    };
    std::string unique = name;
    for (int n = 2; !named && taken(unique); ++n) {
        unique = name + "#" + std::to_string(n);
    }
    return unique;
}

/// In the order of the chain.
template <class F>
void inline_runs::for_each(F f) const {
    for (std::size_t i = 0; i < walked_.size(); ++i) {
        if (i == threads_.size() || walked_[i]->is_over()) {
            f(*walked_[i]);
        }
        if (i < threads_.size()) {
            f(*threads_[i]);
        }
    }
}

report inline_runs::books() const {
    report all;
    for_each([&](auto& run) { add(all, run.books()); });
    all.name = "combine";
    return all;
}

std::vector<dead_letter> inline_runs::dead_letters() const {
    std::vector<dead_letter> all;
    for_each([&](auto& run) { append(all, run.dead_letters()); });
    return all;
}

}  // namespace paipa::detail
