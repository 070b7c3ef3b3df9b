#include <paipa/detail/sync/lock.hpp>
#include <paipa/error.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::detail::held_lock;

/// Runs threads in a simulation, which says at once when nobody can go on.
class lock : public testing::Test {
protected:
    void start(const std::string& name, std::function<void()> body) {
        threads_.push_back(sim_.spawn(name, std::move(body)));
    }

    void run(const std::function<void()>& body) {
        sim_.run([&] {
            body();
            for (const auto& t : threads_) {
                t->join();
            }
        });
    }

    paipa::testing::simulation sim_;
    paipa::detail::lock lock_{sim_, "storage"};

private:
    std::vector<std::unique_ptr<paipa::runtime::thread>> threads_;
};

TEST_F(lock, lets_one_thread_in_at_a_time) {
    int inside = 0;
    int most = 0;
    int entered = 0;
    run([&] {
        for (int t = 0; t < 4; ++t) {
            start("t", [&] {
                const held_lock held(lock_);
                most = std::max(most, ++inside);
                ++entered;
                sim_.sleep_for(1s);
                --inside;
            });
        }
    });
    EXPECT_EQ(most, 1);
    EXPECT_EQ(entered, 4);
    EXPECT_EQ(sim_.elapsed(), 4s);
}

TEST_F(lock, refuses_a_thread_that_has_it_already) {
    std::string text;
    run([&] {
        const held_lock held(lock_);
        try {
            lock_.acquire();
        } catch (const paipa::state_error& e) {
            text = e.what();
        }
    });
    EXPECT_EQ(text,
              "storage: expected one use at a time by a thread, got one inside of another, which "
              "would wait for ever; end the first one before");
}

TEST_F(lock, may_be_acquired_again_by_the_thread_that_released_it) {
    run([&] {
        for (int i = 0; i < 3; ++i) {
            const held_lock held(lock_);
        }
    });
    EXPECT_TRUE(lock_.try_acquire());
}

TEST_F(lock, is_not_waited_for_by_a_thread_that_only_tries) {
    bool got_while_held = true;
    bool got_when_free = false;
    run([&] {
        auto held = std::make_unique<held_lock>(lock_);
        start("t", [&] {
            got_while_held = held_lock::if_free(lock_).has_value();
            sim_.sleep_for(2s);
            got_when_free = held_lock::if_free(lock_).has_value();
        });
        sim_.sleep_for(1s);
        held.reset();
    });
    EXPECT_FALSE(got_while_held);
    EXPECT_TRUE(got_when_free);
    EXPECT_TRUE(lock_.try_acquire());  // what was only tried was released, too
    EXPECT_FALSE(lock_.try_acquire());
}

TEST_F(lock, belongs_to_the_held_lock_that_was_moved_to) {
    run([&] {
        std::optional<held_lock> last;
        {
            held_lock first(lock_);
            last.emplace(std::move(first));
        }
        EXPECT_FALSE(lock_.try_acquire());
        last.reset();
        EXPECT_TRUE(lock_.try_acquire());
    });
}

}  // namespace
