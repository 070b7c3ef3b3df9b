#include "policy.hpp"
#include "virtual_time.hpp"

#include <cstdint>
#include <string>
#include <vector>

// `throw retry_after{5s, "503"}`, on the virtual clock.

namespace {

using namespace promises;
using paipa::failure_action;

class policy_retry_after_time : public virtual_time {};

INSTANTIATE_TEST_SUITE_P(seeds, policy_retry_after_time, testing::Range<std::uint64_t>(0, 5));

TEST_P(policy_retry_after_time, is_exact) {
    run([&] {
        const auto begin = sim.now();
        paipa::pipeline p{paipa::step("a",
                                      [&](int x) {
                                          times.push_back(sim.now() - begin);
                                          if (times.size() < 4) {
                                              throw paipa::retry_after{5s, "503"};
                                          }
                                          return x;
                                      }),
                          options()};
        p.put(1);
        p.finish();
        p.run();
        EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 5s, 10s, 15s}));
    });
}

TEST_P(policy_retry_after_time, adds_up_to_ten_minutes_by_default) {
    run([&] {
        const auto begin = sim.now();
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) -> int {
                                          times.push_back(sim.now() - begin);
                                          throw paipa::retry_after{4min, "503"};
                                          return x;
                                      },
                                      {.on_failure = failure_action::drop}),
                          options()};
        p.put(1);
        p.finish();
        EXPECT_EQ(p.run().dropped(), 1U);
        EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 4min, 8min}));
    });
}

TEST_P(policy_retry_after_time, waits_without_a_worker) {
    run([&] {
        const auto begin = sim.now();
        paipa::pipeline p{paipa::step("a",
                                      [&](int x) {
                                          if (x == 1 && sim.now() - begin < 1h) {
                                              throw paipa::retry_after{1h, "503"};
                                          }
                                          times.push_back(sim.now() - begin);
                                          return x;
                                      },
                                      {.retry = {.retry_after_limit = 1h}}),
                          options()};
        p.put(1);
        p.put(2);
        p.finish();
        p.run();
        EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 1h}));
    });
}

TEST_P(policy_retry_after_time, ends_with_a_drain) {
    run([&] {
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) -> int {
                                          throw paipa::retry_after{1min, "503"};
                                          return x;
                                      },
                                      {.threads = 2}),
                          options()};
        p.start();
        p.put(1);
        sim.sleep_for(1s);
        const auto r = p.drain(1s);
        EXPECT_TRUE(r.balanced()) << r;
        EXPECT_EQ(r.abandoned(), 1U);
    });
}

TEST_P(policy_retry_after_time, with_the_worker_is_exact_and_ends_with_a_cancel) {
    for (const bool fused : {false, true}) {
        run([&] {
            times.clear();
            const auto begin = sim.now();
            const auto asks = [&](const int& x) -> int {
                times.push_back(sim.now() - begin);
                throw paipa::retry_after{1min, "503"};
                return x;
            };
            const auto go = [&](const auto& flow) {
                paipa::pipeline p{flow, options()};
                p.start();
                p.put(1);
                p.put(2);
                sim.sleep_for(150s);
                const std::string text = p.explain();
                EXPECT_NE(text.find("waiting to retry"), std::string::npos) << text;
                p.cancel();
                const auto r = p.stop();
                EXPECT_TRUE(r.balanced()) << r;
                EXPECT_EQ(r.abandoned(), 2U);
                EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 1min, 2min}));
            };
            if (fused) {
                go(paipa::fuse(paipa::step("a", [](int x) { return x; }), paipa::step("b", asks)));
            } else {
                go(paipa::step("a", asks, {.ordered = true}));
            }
        });
    }
}

}  // namespace
