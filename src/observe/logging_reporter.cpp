#include <paipa/log.hpp>
#include <paipa/observe/logging_reporter.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/time.hpp>

#include "../text_table.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace paipa {
namespace {

std::string seconds(std::optional<duration> d) {
    return d ? number(std::chrono::duration<double>(*d).count(), "%.2f s") : "-";
}

}  // namespace

void logging_reporter::show(std::span<const step_record> steps) {
    std::vector<std::vector<std::string>> rows{{"step", "count", "run time", "throughput", "~user",
                                                "~system", "calls", "per entry", "~memory"}};
    for (const step_record& s : steps) {
        rows.push_back(
            {s.name, std::to_string(s.count), seconds(s.run_time), number(s.throughput, "%.0f/s"),
             seconds(s.user_cpu), seconds(s.system_cpu), s.calls ? std::to_string(*s.calls) : "-",
             s.calls_per_entry ? number(*s.calls_per_entry, "%.2f") : "-",
             s.memory_growth ? number(static_cast<double>(*s.memory_growth) / 1048576, "%+.1f MiB")
                             : "-"});
    }
    for (const std::string& line : text_table(rows)) {
        log(log_level::info, line);
    }
}

}  // namespace paipa
