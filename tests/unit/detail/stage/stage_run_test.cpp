#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace detail = paipa::detail;

/// Keeps what it is told.
class run final : public detail::stage_run {
public:
    explicit run(paipa::pipeline_options o) : stage_run(paipa::default_runtime(), std::move(o)) {}

    using stage_run::fail;

    void fail(const detail::worker_context& /*at*/, const char* where, unsigned attempt,
              std::exception_ptr /*error*/, std::string what) noexcept override {
        failures.push_back(std::string(where) + "/" + std::to_string(attempt) + "/" + what);
    }

    void add_dead_letter(paipa::dead_letter /*letter*/) override {}

    void notice(paipa::time_point /*now*/) noexcept override {}

    std::vector<std::string> failures;
};

/// Throws when a worker starts.
class watching final : public paipa::tracker {
public:
    void worker_started(std::string_view /*step*/, std::size_t /*worker*/) override {
        throw std::runtime_error("no");
    }
};

std::vector<std::string> logged;

class stage_run_test : public testing::Test {
protected:
    stage_run_test() {
        logged.clear();
        paipa::set_log_hook(
            [](paipa::log_level, std::string_view text) { logged.emplace_back(text); });
    }

    ~stage_run_test() override { paipa::set_log_hook({}); }
};

TEST_F(stage_run_test, names_its_pipeline) {
    EXPECT_EQ(run({.name = "p"}).label(), "paipa::pipeline 'p'");
}

TEST_F(stage_run_test, a_failure_outside_of_items_has_no_attempt_and_no_text_of_its_own) {
    run r({.name = "p"});
    const detail::worker_context at(r, nullptr, 0);
    r.fail(at, "hand-over", std::make_exception_ptr(1));
    EXPECT_EQ(r.failures, std::vector<std::string>{"hand-over/0/"});
}

TEST_F(stage_run_test, logs_what_the_tracker_throws) {
    run r({.name = "p", .tracker = std::make_shared<watching>()});
    r.tell_tracker([](paipa::tracker& t) { t.worker_started("a", 0); });
    EXPECT_EQ(logged, std::vector<std::string>{"paipa::pipeline 'p': the tracker threw: no"});
}

TEST_F(stage_run_test, asks_nobody_without_a_tracker) {
    run r({.name = "p"});
    bool asked = false;
    r.tell_tracker([&](paipa::tracker&) { asked = true; });
    EXPECT_FALSE(asked);
}

TEST_F(stage_run_test, a_worker_is_in_the_tracker_while_it_tells_it) {
    run r({.name = "p", .tracker = std::make_shared<watching>()});
    detail::worker_context at(r, nullptr, 0);
    std::string place;
    r.tell_tracker(at, [&](paipa::tracker&) { place = at.times.hook(); });
    EXPECT_EQ(place, "the tracker");
    EXPECT_EQ(at.times.hook(), nullptr);
}

}  // namespace
