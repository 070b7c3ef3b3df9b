#include <paipa/detail/run/notices.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/options.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace {

using namespace std::chrono_literals;

/// Counts how often it is shown figures, and does something meanwhile.
class counting final : public paipa::reporter {
public:
    void show(std::span<const paipa::step_record> /*figures*/) override {
        ++times;
        if (meanwhile) {
            meanwhile();
        }
    }

    int times = 0;
    std::function<void()> meanwhile;
};

class notices_test : public testing::Test {
protected:
    notices_test() {
        sim.run([this] {
            paipa::pipeline_options options{.reporters = {shown}, .runtime = &sim};
            options.notice_interval = 10s;
            run = run_case::two_steps(options);
        });
    }

    ~notices_test() override {
        sim.run([this] {
            run->cancel("the test is over");
            run = nullptr;
        });
    }

    paipa::testing::simulation sim{1};
    std::shared_ptr<counting> shown = std::make_shared<counting>();
    run_case::run_pointer run;
};

TEST_F(notices_test, are_told_when_the_interval_is_over) {
    sim.run([this] {
        auto& notices = run->parts().notices;
        const paipa::time_point start = sim.now();
        notices.start(start);
        notices.look(start + 9s);
        EXPECT_EQ(shown->times, 0);
        notices.look(start + 10s);
        EXPECT_EQ(shown->times, 1);
        notices.look(start + 19s);
        EXPECT_EQ(shown->times, 1);
        notices.look(start + 20s);
        EXPECT_EQ(shown->times, 2);
        EXPECT_EQ(notices.skipped(), 0U);
    });
}

TEST_F(notices_test, that_are_due_while_one_is_shown_are_skipped_and_counted) {
    sim.run([this] {
        auto& notices = run->parts().notices;
        const paipa::time_point start = sim.now();
        notices.start(start);
        std::string text;
        shown->meanwhile = [&] {
            notices.look(start + 20s);
            text = notices.describe(start + 25s);
        };
        notices.look(start + 10s);
        EXPECT_EQ(shown->times, 1);
        EXPECT_EQ(notices.skipped(), 1U);
        EXPECT_EQ(text, "  a notice is being shown for 15.0 s, 1 more were skipped\n");
        EXPECT_EQ(notices.describe(start + 25s), "");
        shown->meanwhile = nullptr;
    });
}

TEST_F(notices_test, that_stay_away_from_the_log_of_a_quiet_run) {
    sim.run([this] {
        EXPECT_FALSE(run->parts().notices.are_logged());
        const run_case::log_kept log;
        run->parts().notices.look(sim.now() + 20s);
        EXPECT_TRUE(log.lines.empty());
    });
}

TEST_F(notices_test, of_the_end_reach_the_reporters_once_more) {
    sim.run([this] {
        run->add_source(run_case::numbers(*run, 3), "test");
        run->run();
        EXPECT_EQ(shown->times, 1);
    });
}

}  // namespace
