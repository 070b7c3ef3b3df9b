#ifndef PAIPA_OBSERVE_LOGGING_REPORTER_HPP
#define PAIPA_OBSERVE_LOGGING_REPORTER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/observe/reporter.hpp>

#include <span>

namespace paipa {

/// Logs the figures as a table, one line per step, through the log hook.
struct logging_reporter final : reporter {
    void show(std::span<const step_record> steps) override;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
