#include <paipa/abstract_step.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/worker.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <ranges>
#include <set>
#include <string>

namespace {

using namespace std::chrono_literals;

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

}  // namespace
