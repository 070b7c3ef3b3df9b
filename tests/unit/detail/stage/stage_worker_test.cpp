#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../edge/edge_case.hpp"
#include "idle_stage.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

namespace {

using namespace std::chrono_literals;
namespace detail = paipa::detail;

/// A worker before the class with the item type has given it an output.
struct bare_worker final : detail::stage_worker {
    using stage_worker::stage_worker;
};

// Its edges keep pointers to its inbox and outbox.
static_assert(!std::is_move_constructible_v<bare_worker>);
// Only the class with the item type is destroyed.
static_assert(!std::is_destructible_v<detail::stage_worker>);

class stage_worker : public testing::Test {
protected:
    stage_worker() { step.make_workers(run); }

    stage_case::kept_run run{};
    number_edge front{paipa::default_runtime(), 16};
    stage_case::idle_stage<int> step{{.threads = 2}, front.edge, nullptr};
};

TEST_F(stage_worker, belongs_to_its_step_and_run) {
    const bare_worker w(step, 1);
    EXPECT_EQ(&w.core.run, &run);
    EXPECT_EQ(w.core.step, &step);
    EXPECT_EQ(w.core.index, 1U);
    EXPECT_EQ(w.out, nullptr);
}

TEST_F(stage_worker, takes_items_of_the_edge_in_front_of_its_step) {
    detail::stage_worker& w = *step.workers[1];
    front.put({5});
    ASSERT_EQ(front.edge.take(w.in, w.core.times, paipa::never, false), detail::taken::items);
    ASSERT_TRUE(w.in.take_next());
    EXPECT_EQ(w.in.taken_as<int>().get(), 5);
}

/// A worker in a simulation, which waits for input on this thread.
class a_poked_worker : public testing::Test {
protected:
    void with_worker(const std::function<void(detail::stage_worker&)>& body) {
        sim.run([&] {
            stage_case::kept_run its_run(sim);
            number_edge front(sim, 16);
            stage_case::idle_stage<int> step({}, front.edge, nullptr);
            step.make_workers(its_run);
            in_front = &front.edge;
            body(*step.workers[0]);
        });
    }

    detail::taken wait(detail::stage_worker& w) {
        w.place.store(&sim.here());
        return in_front->take(w.in, w.core.times, paipa::never, true);
    }

    paipa::testing::simulation sim{1};
    detail::edge* in_front = nullptr;
};

TEST_F(a_poked_worker, ends_its_wait_for_input_once) {
    with_worker([this](detail::stage_worker& w) {
        const auto poker = sim.spawn("poker", [&] {
            sim.sleep_for(1s);
            w.poke();
        });
        EXPECT_EQ(wait(w), detail::taken::nothing);
        EXPECT_EQ(sim.elapsed(), 1s);
        poker->join();
        in_front->close({});
        EXPECT_EQ(wait(w), detail::taken::end);
    });
}

TEST_F(a_poked_worker, does_not_wait_where_the_poke_came_before) {
    with_worker([this](detail::stage_worker& w) {
        w.poke();  // nobody knows yet where it waits
        EXPECT_EQ(wait(w), detail::taken::nothing);
    });
}

/// A runtime of one thread, whose `park` is what the test says.
class scripted_runtime final : public paipa::runtime {
public:
    scripted_runtime() : runtime(false) {}

    std::unique_ptr<thread> spawn(const std::string& /*name*/,
                                  std::function<void()> /*body*/) override {
        return nullptr;
    }

    paipa::time_point now() noexcept override { return time; }

    paipa::seat& here() override { return seat_; }

    void park(paipa::time_point /*until*/) override { on_park(); }

    void unpark(paipa::seat& /*where*/) noexcept override {}

    void yield() noexcept override {}

    paipa::time_point time{};
    std::function<void()> on_park;

private:
    paipa::seat seat_;
};

/// While a writer may stage items a reader that waits looks a second time. A poke may end its first
/// wait, and the reader gets the mutex back when the time of that look has come.
TEST_F(a_poked_worker, does_not_sleep_again_after_its_second_look) {
    scripted_runtime rt;
    number_edge front(rt, 16);
    front.edge.start_bounds();
    detail::outbox writer(&detail::type_of<int>);
    detail::time_sheet writers_time;
    front.edge.add_writer(writer);
    ASSERT_TRUE(front.edge.make_room(writer, writers_time, false));
    number_reader reader(front.edge);
    int parks = 0;
    rt.on_park = [&] {
        ASSERT_EQ(++parks, 1);
        rt.time += 60us;
        reader.in.poked.store(true);
    };
    EXPECT_EQ(reader.wait(), detail::taken::nothing);
    EXPECT_EQ(parks, 1);
}

TEST_F(stage_worker, counts_what_its_output_sends) {
    step.workers[1]->sent(5);
    EXPECT_EQ(step.workers[1]->core.emitted(), 1U);
    EXPECT_EQ(step.workers[0]->core.emitted(), 0U);
}

}  // namespace
