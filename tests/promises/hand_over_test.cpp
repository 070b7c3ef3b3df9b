#include "on_threads.hpp"
#include "support.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

// A reader finds nothing and is about to sleep. What is done at that moment, by a worker that does
// not see it wait yet and goes on to a slow item, must reach it all the same.

namespace {

using namespace promises;

/// Holds one thread up where it is about to wait: at its seat.
class holding_runtime final : public on_threads {
public:
    std::unique_ptr<thread> spawn(const std::string& name, std::function<void()> body) override {
        return on_threads::spawn(name, [this, name, run = std::move(body)] {
            if (name.starts_with("second")) {
                second_ = std::this_thread::get_id();
            }
            run();
        });
    }

    paipa::seat& here() override {
        if (std::this_thread::get_id() == second_.load() && hold.exchange(false)) {
            held.open();
            go_on.wait();
        }
        return on_threads::here();
    }

    std::atomic<bool> hold = false;
    gate held;
    gate go_on;

private:
    std::atomic<std::thread::id> second_;
};

/// Its second look finds what the writer has staged in the meantime.
TEST(hand_over, reaches_a_reader_that_is_going_to_sleep) {
    constexpr int staged = 100;
    holding_runtime rt;
    gate in_hand;
    gate arrived;
    bool in_vain = false;
    const auto work = [&](int x) {
        if (x == staged) {
            rt.hold = true;
            in_hand.open();
            rt.held.wait();  // then it is staged, and nobody is seen to wait
        } else if (x == staged + 1) {
            rt.go_on.open();
            in_vain = !arrived.wait();
        }
        return x;
    };
    const auto arrive = [&](int x) {
        if (x == staged - 1) {
            in_hand.wait();
        } else if (x == staged) {
            arrived.open();
        }
    };
    paipa::pipeline<int> p{paipa::step("first", work) | paipa::step("second", arrive),
                           {.quiet = true, .runtime = &rt}};
    p.put_all(numbers(0, staged + 2));
    p.finish();
    expect_closed(p.run());
    EXPECT_FALSE(in_vain);
}

/// What its worker has laid down at that moment is found before the reader sleeps.
TEST(hand_over, of_an_ordered_step_reaches_a_reader_that_is_going_to_sleep) {
    constexpr int warm = 4'000;
    holding_runtime rt;
    gate all_arrived;
    gate last_arrived;
    std::atomic<int> in_vain = 0;
    int arrived = 0;
    const auto work = [&](int x) {
        if (x > warm) {  // behind the last one, in its batch
            rt.go_on.open();
            in_vain += last_arrived.wait() ? 0 : 1;
        }
        return x;
    };
    const auto arrive = [&](int x) {
        ++arrived;
        if (arrived == warm) {
            rt.hold = true;  // as soon as it finds nothing more
            all_arrived.open();
        }
        if (x == warm) {
            last_arrived.open();
        }
    };
    paipa::pipeline<int> p{
        paipa::step("first", work, {.threads = 2, .capacity = warm, .ordered = true}) |
            paipa::step("second", arrive),
        {.quiet = true, .runtime = &rt}};
    p.start();
    p.put_all(numbers(0, warm));  // from these the workers learn that items are fast
    ASSERT_TRUE(all_arrived.wait());
    ASSERT_TRUE(rt.held.wait());
    p.put_all(numbers(warm, warm + 8));
    expect_closed(p.stop());
    EXPECT_EQ(in_vain, 0);
}

}  // namespace
