#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/report.hpp>

#include "show_reporters.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace paipa {
namespace {

void say_left_out(const std::string& who) noexcept {
    try {
        log(log_level::error, who + ": a reporter threw, and is left out from now on: " +
                                  describe(std::current_exception()));
    } catch (...) {
        log(log_level::error, "paipa: a reporter threw, and is left out from now on");
    }
}

}  // namespace

std::vector<step_record> step_records(const report& r) {
    std::vector<step_record> records;
    for (const step_report& s : r.steps) {
        step_record& record = records.emplace_back();
        record.name = s.name;
        record.count = s.sends ? s.emitted : s.finished;
        record.run_time = s.time.running;
        const double seconds = std::chrono::duration<double>(s.time.running).count();
        record.throughput = seconds > 0 ? static_cast<double>(record.count) / seconds : 0;
    }
    return records;
}

void show_reporters(std::vector<std::shared_ptr<reporter>>& reporters,
                    const std::vector<step_record>& figures, const std::string& who) {
    std::erase_if(reporters, [&](const std::shared_ptr<reporter>& r) {
        try {
            r->show(figures);
            return false;
        } catch (...) {
            say_left_out(who);
            return true;
        }
    });
}

}  // namespace paipa
