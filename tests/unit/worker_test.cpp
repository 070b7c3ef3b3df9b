#include <paipa/abstract_step.hpp>
#include <paipa/generator.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/step.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/worker.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace {

using namespace std::chrono_literals;

// Only the engine makes workers.
using worker_context = paipa::detail::worker_context;
static_assert(!std::is_constructible_v<paipa::worker, worker_context&>);
static_assert(!std::is_constructible_v<paipa::item_worker, worker_context&>);
static_assert(!std::is_constructible_v<paipa::step_worker<int>, worker_context&>);
static_assert(!std::is_constructible_v<paipa::locked<int>, paipa::detail::held_lock, int&>);

class counting final : public paipa::abstract_step<int, int> {
public:
    explicit counting(std::atomic<std::size_t>* total) : total_(total) {}

    int process(int item) override {
        ++*self().storage<std::size_t>();
        return item;
    }

    void thread_shutdown() override {
        EXPECT_LT(self().index(), self().siblings());
        EXPECT_EQ(self().siblings(), 4);
        EXPECT_EQ(self().step(), "count");
    }

    void step_shutdown() override { *total_ = *self().storage<std::size_t>(); }

private:
    std::atomic<std::size_t>* total_;
};

TEST(worker, shares_one_object_among_siblings) {
    std::atomic<std::size_t> total = 0;
    paipa::pipeline<int> p{paipa::step<counting>("count", {.threads = 4}, &total), {.quiet = true}};
    p.put_iterable(std::views::iota(0, 1000));
    p.run();
    EXPECT_EQ(total, 1000);
}

class waiting final : public paipa::abstract_step<int> {
public:
    explicit waiting(int* slept) : slept_(slept) {}

    void process(int) override { *slept_ = self().sleep_for(1h) ? 1 : 2; }

private:
    int* slept_;
};

TEST(worker, sleeps_on_the_runtimes_clock) {
    paipa::testing::simulation sim;
    int slept = 0;
    sim.run([&] {
        paipa::pipeline p{paipa::step<waiting>("w", {}, &slept), {.quiet = true, .runtime = &sim}};
        p.put(1);
        p.finish();
        p.run();
    });
    EXPECT_EQ(slept, 1);
    EXPECT_EQ(sim.elapsed(), 1h);
}

TEST(worker, wakes_from_sleep_at_a_cancel) {
    paipa::testing::simulation sim;
    int slept = 0;
    sim.run([&] {
        paipa::pipeline p{paipa::step<waiting>("w", {}, &slept), {.quiet = true, .runtime = &sim}};
        p.start();
        p.put(1);
        sim.sleep_for(1min);
        p.cancel();
    });
    EXPECT_EQ(slept, 2);
    EXPECT_EQ(sim.elapsed(), 1min);
}

class patient final : public paipa::abstract_step<int, int, void> {
public:
    explicit patient(paipa::testing::simulation* sim) : sim_(sim) {}

    void process(int item) override {
        if (sim_->elapsed() < item * 1s) {
            self().requeue(item, 300ms);
            return;
        }
        emit(item);
    }

private:
    paipa::testing::simulation* sim_;
};

TEST(worker, gives_an_item_back_until_it_is_ready) {
    paipa::testing::simulation sim;
    sim.run([&] {
        paipa::pipeline p{paipa::step<patient>("p", {.capacity = 1}, &sim),
                          {.quiet = true, .runtime = &sim}};
        p.put_all({3, 1, 2});
        p.finish();
        std::set<int> got;
        for (int x : p.results()) {
            got.insert(x);
        }
        EXPECT_EQ(got, (std::set<int>{1, 2, 3}));
        EXPECT_TRUE(p.report().balanced()) << p.report();
    });
    EXPECT_EQ(sim.elapsed(), 3s);
}

class wrong final : public paipa::abstract_step<int> {
public:
    void process(int item) override {
        self().requeue(item);
        self().requeue(item);
    }
};

TEST(worker, refuses_to_give_an_item_back_twice) {
    paipa::pipeline p{paipa::step<wrong>("w"), {.quiet = true}};
    p.put(1);
    p.finish();
    try {
        p.run();
        FAIL();
    } catch (const paipa::state_error& e) {
        EXPECT_STREQ(e.what(),
                     "step 'w': requeue: expected one call per item in hand, got a second one");
    }
    EXPECT_TRUE(p.report().balanced()) << p.report();
}

class waiting_pass final : public paipa::abstract_step<int, int> {
public:
    explicit waiting_pass(int* slept) : slept_(slept) {}

    int process(int item) override {
        if (item > 0) {
            *slept_ = self().sleep_for(1h) ? 1 : 2;
            EXPECT_EQ(self().stop_token().stop_requested(), *slept_ == 2);
        }
        return item;
    }

private:
    int* slept_;
};

paipa::generator<int> first_of(paipa::generator<int> items) {
    for (int x : items) {
        co_yield x;
        break;
    }
}

/// What is upstream of an early end is wanted by nobody.
TEST(worker, wakes_from_sleep_at_an_early_end) {
    paipa::testing::simulation sim;
    int slept = 0;
    sim.run([&] {
        paipa::pipeline p{paipa::step<waiting_pass>("w", {.threads = 2}, &slept) |
                              paipa::iter_step("first", first_of) | paipa::step("end", [](int) {}),
                          {.quiet = true, .runtime = &sim}};
        p.put_all({0, 1});
        p.finish();
        const auto r = p.run();
        EXPECT_EQ(r.state, paipa::run_state::ended_early);
        EXPECT_TRUE(r.balanced()) << r;
    });
    EXPECT_EQ(slept, 2);
    EXPECT_EQ(sim.elapsed(), 0s);
}

/// The steps behind an early end go on.
TEST(worker, sleeps_on_behind_an_early_end) {
    paipa::testing::simulation sim;
    int slept = 0;
    sim.run([&] {
        paipa::pipeline p{
            paipa::iter_step("first", first_of) | paipa::step<waiting>("w", {}, &slept),
            {.quiet = true, .runtime = &sim}};
        p.put_all({1, 2});
        p.finish();
        EXPECT_EQ(p.run().state, paipa::run_state::ended_early);
    });
    EXPECT_EQ(slept, 1);
    EXPECT_EQ(sim.elapsed(), 1h);
}

/// Throws when it is made for the first time, on each thread that asks.
struct hard_to_make {
    hard_to_make() {
        if (tries++ == 0) {
            throw std::runtime_error("not yet");
        }
    }

    static inline int tries = 0;
    int items = 0;
};

class storing final : public paipa::abstract_step<int> {
public:
    explicit storing(int* items) : items_(items) {}

    void process(int) override { *items_ = ++self().storage<hard_to_make>()->items; }

private:
    int* items_;
};

TEST(worker, makes_the_shared_object_again_when_it_threw) {
    int items = 0;
    hard_to_make::tries = 0;
    paipa::pipeline p{
        paipa::step<storing>("s", {.on_failure = paipa::failure_action::drop}, &items),
        {.quiet = true}};
    p.put_all({1, 2, 3});
    p.finish();
    const auto r = p.run();
    EXPECT_EQ(r.steps[0].dropped, 1);
    EXPECT_EQ(items, 2);
    EXPECT_EQ(hard_to_make::tries, 2);
}

/// What a run over one item throws.
template <class Flow>
std::string failure_of(const Flow& flow) {
    paipa::pipeline<int> p{flow, {.quiet = true}};
    p.put(1);
    p.finish();
    try {
        p.run();
    } catch (const paipa::state_error& e) {
        return e.what();
    }
    return "nothing";
}

class storing_two final : public paipa::abstract_step<int> {
public:
    void process(int) override {
        const auto held = self().storage<int>();
        *self().storage<long>() = *held;
    }
};

TEST(worker, refuses_another_type_while_the_object_is_held) {
    paipa::pipeline p{paipa::step<storing_two>("s"), {.quiet = true}};
    p.put(1);
    p.finish();
    EXPECT_THROW(p.run(), paipa::state_error);
}

class storing_twice final : public paipa::abstract_step<int> {
public:
    void process(int) override {
        const auto held = self().storage<int>();
        *self().storage<int>() = 1;
    }
};

/// What asks for itself while it is made.
struct self_seeking {
    self_seeking() { ask(); }

    static inline std::function<void()> ask;
};

class storing_what_asks final : public paipa::abstract_step<int> {
public:
    void process(int) override {
        self_seeking::ask = [this] { (void)self().storage<self_seeking>(); };
        (void)self().storage<self_seeking>();
    }
};

TEST(worker, refuses_to_wait_for_its_own_handle) {
    for (const auto& flow :
         {paipa::step<storing_twice>("s"), paipa::step<storing_twice>("s", {.threads = 2})}) {
        EXPECT_EQ(failure_of(flow),
                  "step 's': storage: expected one use at a time by a thread, got one inside of "
                  "another, which would wait for ever; end the first one before");
    }
    EXPECT_EQ(failure_of(paipa::step<storing_what_asks>("a")),
              "step 'a': storage: expected one use at a time by a thread, got one inside of "
              "another, which would wait for ever; end the first one before");
}

}  // namespace
