#ifndef PAIPA_TESTS_UNIT_DETAIL_KERNEL_ONE_WORKER_HPP
#define PAIPA_TESTS_UNIT_DETAIL_KERNEL_ONE_WORKER_HPP
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>

#include <utility>
#include <vector>

/// The only worker of a step, in a run that never starts.
class one_worker {
    struct some_run final : paipa::detail::run_base {
        using run_base::run_base;
    };

    struct some_step final : paipa::detail::step_base {
        using step_base::step_base;
    };

    some_run run_{paipa::default_runtime()};
    some_step step_{"a", paipa::step_options{}};

public:
    paipa::detail::worker_context core{run_, &step_, 0};
};

/// Takes the outputs of a kernel, until there are `most`.
template <class T>
struct sink {
    template <class U>
    void operator()(U&& item) {
        all.push_back(std::forward<U>(item));
    }

    [[nodiscard]] bool is_over() const { return all.size() >= most; }

    std::vector<T> all{};
    std::size_t most = 1'000;
};

#endif
