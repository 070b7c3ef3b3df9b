#include "support.hpp"
#include "virtual_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>

// What `report::bottleneck()` names, for each cause there is; mostly on the virtual clock, with
// edges that are full all the time, and with edges that never fill.

namespace {

using namespace promises;

class bottleneck : public testing::TestWithParam<std::tuple<std::size_t, std::uint64_t>> {
protected:
    void run(const std::function<void()>& body) {
        paipa::set_log_hook([](paipa::log_level, std::string_view) {});
        sim.run(body);
        paipa::set_log_hook({});
    }

    [[nodiscard]] paipa::pipeline_options options() {
        return {.quiet = true, .capacity = std::get<0>(GetParam()), .runtime = &sim};
    }

    /// A step that takes so long for each item.
    auto takes(paipa::duration d) {
        return [this, d](int x) {
            if (d > d.zero()) {
                sim.sleep_for(d);
            }
            return x;
        };
    }

    /// Of a run of 100 items through three steps that take so long each.
    paipa::report of_three(paipa::duration a, paipa::duration b, paipa::duration c) {
        paipa::report r;
        run([&] {
            paipa::pipeline<int> p{paipa::step("a", takes(a)) | paipa::step("b", takes(b)) |
                                       paipa::step("c", takes(c)),
                                   options()};
            p.put_iterable(numbers(0, 100));
            r = p.run();
        });
        return r;
    }

    paipa::testing::simulation sim{std::get<1>(GetParam())};
};

INSTANTIATE_TEST_SUITE_P(narrow_and_wide, bottleneck,
                         testing::Combine(testing::Values(1U, 1000U),
                                          testing::Range(std::uint64_t{1}, std::uint64_t{4})));

bool begins(const std::string& text, const std::string& with) {
    return text.starts_with(with);
}

TEST_P(bottleneck, is_the_step_whose_items_take_longest_wherever_it_stands) {
    EXPECT_PRED2(begins, of_three(10s, 1s, 1s).bottleneck(),
                 "the bottleneck is step 'a': its worker ran ");
    EXPECT_PRED2(begins, of_three(1s, 10s, 1s).bottleneck(),
                 "the bottleneck is step 'b': its worker ran ");
    EXPECT_PRED2(begins, of_three(1s, 1s, 10s).bottleneck(),
                 "the bottleneck is step 'c': its worker ran ");
}

TEST_P(bottleneck, is_nobody_where_two_steps_take_as_long) {
    const std::string text = of_three(1s, 10s, 10s).bottleneck();
    EXPECT_PRED2(begins, text, "none stands out: of step '") << text;
    EXPECT_NE(text.find("step 'b' its worker ran "), std::string::npos) << text;
    EXPECT_NE(text.find("step 'c' its worker ran "), std::string::npos) << text;
}

/// Ten workers at ten seconds an item are as fast as one at one second.
TEST_P(bottleneck, counts_the_time_of_an_item_per_worker) {
    run([&] {
        paipa::pipeline<int> p{
            paipa::step("ten", takes(10s), {.threads = 10}) | paipa::step("one", takes(3s)),
            options()};
        p.put_iterable(numbers(0, 100));
        EXPECT_PRED2(begins, p.run().bottleneck(), "the bottleneck is step 'one': its worker ran ");
    });
}

TEST_P(bottleneck, is_a_slow_source) {
    run([&] {
        paipa::pipeline<int> p{paipa::step("a", takes(1s)) | paipa::step("b", takes(1s)),
                               options()};
        p.put_iterable(std::views::iota(0, 20) | std::views::transform(takes(10s)));
        EXPECT_PRED2(begins, p.run().bottleneck(),
                     "the bottleneck is the source 'source': its thread ran ");
    });
}

TEST_P(bottleneck, is_who_feeds_a_queue_slowly) {
    run([&] {
        const auto q = std::make_shared<paipa::queue<int>>(4, &sim);
        paipa::pipeline<int> p{paipa::step("a", takes(1s)), q, options()};
        p.start();
        for (int n = 0; n < 10; ++n) {
            sim.sleep_for(10s);
            q->push(n);
        }
        EXPECT_PRED2(begins, p.stop().bottleneck(),
                     "the bottleneck is whoever feeds the source 'input queue': it waited for "
                     "input ");
    });
}

TEST_P(bottleneck, is_who_puts_slowly) {
    run([&] {
        paipa::pipeline<int> p{paipa::step("a", takes(1s)), options()};
        p.start();
        for (int n = 0; n < 10; ++n) {
            sim.sleep_for(10s);
            p.put(n);
        }
        EXPECT_PRED2(begins, p.stop().bottleneck(),
                     "the bottleneck is whoever puts the items: step 'a' waited for input ");
    });
}

TEST_P(bottleneck, is_a_slow_reader_of_results) {
    for (const bool ordered : {false, true}) {
        for (const std::size_t threads : {1U, 4U}) {
            run([&] {
                auto o = options();
                o.capacity = std::min<std::size_t>(o.capacity, 8);  // a wide one takes all results
                paipa::pipeline<int, int> p{
                    paipa::step("a", takes(1s)) |
                        paipa::step("b", takes(0s), {.threads = threads, .ordered = ordered}),
                    o};
                p.put_iterable(numbers(0, 200));
                for ([[maybe_unused]] const int x : p.results()) {
                    sim.sleep_for(10s);
                }
                EXPECT_PRED2(begins, p.report().bottleneck(),
                             "the bottleneck is whoever reads the results: step 'b' waited for "
                             "room ")
                    << threads << ordered << p.report();
            });
        }
    }
}

/// Every item fails nine times at once.
TEST_P(bottleneck, is_a_step_that_tries_again_and_again) {
    run([&] {
        paipa::pipeline<int> p{
            paipa::step("a",
                        [&, tries = 0](int x) mutable {
                            sim.sleep_for(1s);
                            return ++tries % 10 == 0 ? x : throw std::runtime_error("no");
                        },
                        {.retry = {.attempts = 1000}}) |
                paipa::step("b", takes(1s)),
            options()};
        p.put_iterable(numbers(0, 20));
        const std::string text = p.run().bottleneck();
        EXPECT_PRED2(begins, text, "the bottleneck is step 'a': its worker ran ");
        EXPECT_NE(text.find(", and 180 of 200 tries were repeated ones"), std::string::npos)
            << text;
    });
}

TEST_P(bottleneck, is_the_pause_before_retries) {
    run([&] {
        paipa::pipeline<int> p{paipa::step("a",
                                           [&, tries = 0](int x) mutable {
                                               return ++tries > 6 ? x
                                                                  : throw std::runtime_error("no");
                                           },
                                           {.retry = {.attempts = 9, .delay = 1h, .factor = 1}}) |
                                   paipa::step("b", takes(1s)),
                               options()};
        p.put_iterable(numbers(0, 3));
        EXPECT_PRED2(begins, p.run().bottleneck(),
                     "the bottleneck is the retries of step 'a': its worker waited ");
    });
}

/// One worker has the first item for the whole time.
TEST_P(bottleneck, is_the_order_behind_one_slow_item) {
    run([&] {
        const auto first = [&](int x) {
            if (x == 0) {
                sim.sleep_for(1h);
            }
            return x;
        };
        paipa::pipeline<int> p{
            paipa::step("a", first, {.threads = 4, .capacity = 8, .ordered = true}) |
                paipa::step("b", takes(0s)),
            options()};
        p.put_iterable(numbers(0, 100));
        EXPECT_EQ(p.run().bottleneck(),
                  "the bottleneck is the order of step 'a': its 4 workers waited 75 % of the time "
                  "for single items that took long");
    });
}

TEST_P(bottleneck, is_a_meta_entry_that_waits_for_a_slow_item) {
    run([&] {
        paipa::pipeline<int> p{paipa::step("a",
                                           [&](int x) {
                                               if (x == 0) {
                                                   sim.sleep_for(1h);
                                               }
                                           },
                                           {.threads = 4}),
                               options()};
        p.put(0);
        p.put_meta(1);
        p.put_all(numbers(1, 50));
        p.finish();
        EXPECT_EQ(p.run().bottleneck(),
                  "the bottleneck is the meta entries: step 'a' waited 75 % of the time for one to "
                  "pass");
    });
}

TEST_P(bottleneck, is_a_slow_hook) {
    struct slow_to_begin final : paipa::abstract_step<int> {
        void thread_initialize() override { self().sleep_for(1h); }

        void process(int) override {}
    };

    run([&] {
        paipa::pipeline<int> p{paipa::step<slow_to_begin>("a"), options()};
        p.put_iterable(numbers(0, 10));
        EXPECT_EQ(p.run().bottleneck(),
                  "the bottleneck is the hooks of step 'a': its worker spent 100 % of the time in "
                  "them");
    });
}

TEST_P(bottleneck, of_fused_steps_names_them_all) {
    run([&] {
        paipa::pipeline<int> p{
            paipa::step("a", takes(1s)) |
                paipa::fuse(paipa::step("b", takes(5s)), paipa::step("c", takes(5s))) |
                paipa::step("d", takes(1s)),
            options()};
        p.put_iterable(numbers(0, 50));
        EXPECT_PRED2(begins, p.run().bottleneck(),
                     "the bottleneck is step 'b + c': its worker ran ");
    });
}

TEST_P(bottleneck, of_a_run_that_took_no_time_is_not_told) {
    EXPECT_EQ(of_three(0s, 0s, 0s).bottleneck(), "the run was too short to say what holds it up");
}

TEST_P(bottleneck, is_told_by_explain_as_well) {
    run([&] {
        paipa::pipeline<int> p{paipa::step("a", takes(1s)) | paipa::step("b", takes(10s)),
                               options()};
        p.put_iterable(numbers(0, 20));
        p.start();
        sim.sleep_for(100s);
        const std::string text = p.explain();
        EXPECT_NE(text.find("  the bottleneck is step 'b': its worker ran "), std::string::npos)
            << text;
        p.stop();
    });
}

/// Two processors, and eight threads that want them.
TEST(bottleneck_of_a_report, is_the_machine_where_threads_wait_for_processors) {
    paipa::report r;
    r.elapsed = 10s;
    r.processors = 2;
    r.steps.resize(2);
    r.steps[0] = {.name = "few", .threads = 2, .received = 9, .time = {.running = 20s}, .cpu = 5s};
    r.steps[1] = {
        .name = "many", .threads = 6, .received = 9, .time = {.running = 60s}, .cpu = 15s};
    EXPECT_EQ(
        r.bottleneck(),
        "the bottleneck is the machine: its 2 processors were busy 100 % of the time, 75 % of "
        "that with step 'many'");
    r.processors = 16;  // then they only sleep in their own code
    EXPECT_EQ(r.bottleneck(),
              "none stands out: of step 'few' its 2 workers ran 100 % of the time, of step 'many' "
              "its 6 workers ran 100 % of the time");
    r.processors = 0;  // not known
    EXPECT_PRED2(begins, r.bottleneck(), "none stands out: ");
}

TEST(bottleneck_of_a_report, knows_the_processor_time_of_threads) {
    paipa::pipeline<int> p{paipa::step("spin",
                                       [](int) {
                                           const std::clock_t begin = std::clock();
                                           while (std::clock() - begin < CLOCKS_PER_SEC / 100) {
                                           }
                                       },
                                       {.threads = 2}),
                           {.quiet = true}};
    p.put_iterable(numbers(0, 4));
    const auto r = p.run();
    EXPECT_EQ(r.processors, std::thread::hardware_concurrency());
    if (r.steps[0].cpu) {  // not known everywhere
        EXPECT_GT(*r.steps[0].cpu, 0s);
        EXPECT_TRUE(r.sources[0].cpu.has_value());
    }
}

}  // namespace
