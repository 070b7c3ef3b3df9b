#include <paipa/log.hpp>
#include <paipa/observe/logging_reporter.hpp>
#include <paipa/observe/reporter.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::step_record;

class logging_reporter : public testing::Test {
protected:
    logging_reporter() {
        paipa::set_log_hook([this](paipa::log_level level, std::string_view text) {
            EXPECT_EQ(level, paipa::log_level::info);
            lines.emplace_back(text);
        });
    }

    ~logging_reporter() override { paipa::set_log_hook({}); }

    std::vector<std::string> lines;
};

TEST_F(logging_reporter, logs_a_table) {
    const std::vector<step_record> steps{{.name = "source",
                                          .count = 12,
                                          .run_time = 1500ms,
                                          .throughput = 8,
                                          .user_cpu = 1250ms,
                                          .system_cpu = 5ms,
                                          .calls = 6,
                                          .calls_per_entry = 0.5,
                                          .memory_growth = 3 * 1048576 / 2},
                                         {.name = "parse", .count = 3}};
    paipa::logging_reporter{}.show(steps);
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "step    count  run time  throughput   ~user  ~system  calls  per entry   "
                         "~memory",
                         "source     12    1.50 s         8/s  1.25 s   0.01 s      6       0.50  "
                         "+1.5 MiB",
                         "parse       3    0.00 s         0/s       -        -      -          -   "
                         "      -"}));
}

TEST_F(logging_reporter, is_as_wide_as_names_and_numbers_want) {
    const std::vector<step_record> steps{{.name = "größte Tür 門",
                                          .count = 123'456'789'012'345,
                                          .run_time = 1'000h,
                                          .throughput = 12'345'678'901.4,
                                          .memory_growth = -5 * 1048576},
                                         {.name = "b", .count = 1, .run_time = 1ns}};
    paipa::logging_reporter{}.show(steps);
    EXPECT_EQ(
        lines,
        (std::vector<std::string>{
            "step                    count      run time     throughput  ~user  ~system  calls "
            " per entry   ~memory",
            "größte Tür 門  123456789012345  3600000.00 s  12345678901/s      -        -      - "
            "         -  -5.0 MiB",
            "b                           1        0.00 s            0/s      -        -      - "
            "         -         -"}));
}

TEST_F(logging_reporter, logs_the_head_alone_without_steps) {
    paipa::logging_reporter{}.show({});
    EXPECT_EQ(lines, (std::vector<std::string>{"step  count  run time  throughput  ~user  ~system  "
                                               "calls  per entry  ~memory"}));
}

}  // namespace
