#ifndef PAIPA_OBSERVE_LOGGING_REPORTER_HPP
#define PAIPA_OBSERVE_LOGGING_REPORTER_HPP
#include <paipa/observe/reporter.hpp>

#include <span>

namespace paipa {

/// Logs the figures as a table, one line per step, through the log hook.
struct logging_reporter final : reporter {
    void show(std::span<const step_record> steps) override;
};

}  // namespace paipa
#endif
