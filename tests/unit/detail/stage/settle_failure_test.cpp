#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/settle_failure.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::failure_action;
using paipa::item_outcome;
namespace detail = paipa::detail;

class run final : public detail::run_base {
public:
    explicit run(paipa::runtime& r = paipa::default_runtime()) : run_base(r) {}
};

class step final : public detail::step_base {
public:
    explicit step(const paipa::step_options& o) : step_base("parse", o) {}
};

/// The first try of the number 5 has failed, in the third worker of a step with these options.
struct failing {
    explicit failing(const paipa::step_options& o) : its_step(o) {}

    item_outcome settle() {
        detail::attempt tried{.number = 42};
        detail::failed_try f{.type = detail::type_of<int>,
                             .cell = &item,
                             .tried = tried,
                             .error = std::make_exception_ptr(std::runtime_error("no"))};
        return detail::settle_failure(
            worker, f, back, [this](paipa::dead_letter d) { dead.push_back(std::move(d)); });
    }

    /// In the order dead, dropped, abandoned.
    [[nodiscard]] std::vector<std::uint64_t> books() const {
        return {worker.dead.get(), worker.dropped.get(), worker.abandoned.get()};
    }

    run its_run;
    step its_step;
    detail::worker_context worker{its_run, &its_step, 2};
    detail::slot<int> item{std::in_place, 5};
    std::vector<detail::retry_entry> back{};
    std::vector<paipa::dead_letter> dead{};
};

TEST(settle_failure, a_dead_letter_knows_step_and_worker_and_is_counted) {
    failing f({.on_failure = failure_action::dead_letter});
    EXPECT_EQ(f.settle(), item_outcome::dead);
    ASSERT_EQ(f.dead.size(), 1U);
    EXPECT_EQ(f.dead[0].step, "parse");
    EXPECT_EQ(f.dead[0].worker, 2U);
    EXPECT_EQ(*f.dead[0].item_as<int>(), 5);
    EXPECT_EQ(f.books(), (std::vector<std::uint64_t>{1, 0, 0}));
}

TEST(settle_failure, a_dropped_item_is_counted) {
    failing f({.on_failure = failure_action::drop});
    EXPECT_EQ(f.settle(), item_outcome::dropped);
    EXPECT_EQ(f.books(), (std::vector<std::uint64_t>{0, 1, 0}));
}

TEST(settle_failure, an_item_whose_failure_ends_the_run_counts_as_abandoned) {
    failing f({.on_failure = failure_action::fail});
    EXPECT_EQ(f.settle(), item_outcome::failed);
    EXPECT_EQ(f.books(), (std::vector<std::uint64_t>{0, 0, 1}));
}

TEST(settle_failure, an_item_that_is_tried_again_counts_nowhere) {
    failing f({.retry = {.attempts = 2, .delay = 1s}, .on_failure = failure_action::drop});
    const paipa::time_point before = f.its_run.rt.now();
    EXPECT_EQ(f.settle(), item_outcome::retried);
    ASSERT_EQ(f.back.size(), 1U);
    EXPECT_GE(f.back[0].due, before + 1s);
    EXPECT_EQ(f.back[0].sequence, 42U);
    EXPECT_EQ(f.books(), (std::vector<std::uint64_t>{0, 0, 0}));
}

/// The pause before the second try of an item, in a worker of a step.
paipa::duration pause_of(std::uint64_t number, std::size_t index, std::size_t position) {
    paipa::duration pause{};
    paipa::testing::simulation sim(1);
    sim.run([&] {
        run its_run(sim);
        step its_step({.retry = {.attempts = 2, .delay = 1s, .jitter = true}});
        its_step.position = position;
        detail::worker_context worker(its_run, &its_step, index);
        detail::slot<int> item(std::in_place, 5);
        std::vector<detail::retry_entry> back;
        detail::attempt tried{.number = number};
        detail::failed_try f{.type = detail::type_of<int>,
                             .cell = &item,
                             .tried = tried,
                             .error = std::make_exception_ptr(std::runtime_error("no"))};
        detail::settle_failure(worker, f, back, [](const paipa::dead_letter&) {});
        pause = back.at(0).due - sim.now();
    });
    return pause;
}

TEST(settle_failure, spreads_pauses_by_item_worker_and_step) {
    const std::set<paipa::duration> pauses{pause_of(1, 0, 0), pause_of(2, 0, 0), pause_of(1, 1, 0),
                                           pause_of(1, 0, 1)};
    EXPECT_EQ(pauses.size(), 4U);
    EXPECT_EQ(pause_of(1, 0, 0), pause_of(1, 0, 0));
}

}  // namespace
