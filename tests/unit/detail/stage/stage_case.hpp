#ifndef PAIPA_TESTS_UNIT_DETAIL_STAGE_STAGE_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_STAGE_STAGE_CASE_HPP
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <string>
#include <utility>
#include <vector>

// What a class of the room `stage` needs around it: a run and a step that do nothing.

namespace stage_case {

struct a_run final : paipa::detail::run_base {
    using run_base::run_base;
};

struct a_step final : paipa::detail::step_base {
    using step_base::step_base;
};

/// A run on threads that keeps what its steps tell it.
class kept_run final : public paipa::detail::stage_run {
public:
    explicit kept_run(paipa::runtime& r = paipa::default_runtime(),
                      paipa::pipeline_options o = {.name = "p"})
        : stage_run(r, std::move(o)) {}

    using stage_run::fail;

    void fail(const paipa::detail::worker_context& at, const char* where, unsigned /*attempt*/,
              std::exception_ptr error, std::string /*what*/) noexcept override {
        failures.push_back(std::to_string(at.index) + " in " + where + ": " +
                           paipa::describe(error));
    }

    void add_dead_letter(paipa::dead_letter letter) override {
        dead_letters.push_back(std::move(letter));
    }

    void notice(paipa::time_point now) noexcept override { notices.push_back(now); }

    std::vector<std::string> failures{};
    std::vector<paipa::dead_letter> dead_letters{};
    std::vector<paipa::time_point> notices{};
};

/// The one way out to an edge, or none.
inline std::vector<paipa::detail::way> ways_to(paipa::detail::edge* to) {
    std::vector<paipa::detail::way> ways;
    if (to != nullptr) {
        ways.push_back({.to = to});
    }
    return ways;
}

}  // namespace stage_case
#endif
