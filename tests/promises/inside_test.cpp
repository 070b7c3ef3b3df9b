#include "support.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

// What may be called from inside a step: ends are only requested, nothing waits for itself.

namespace {

using namespace promises;

using int_pipeline = paipa::pipeline<int>;

/// Runs 100 items through a step that calls `f(pipeline)` at the tenth.
paipa::report run_calling(std::size_t threads, const std::function<void(int_pipeline&)>& f) {
    std::atomic<int_pipeline*> self = nullptr;
    std::atomic<int> n = 0;
    int_pipeline p{paipa::step("a",
                               [&](int) {
                                   if (++n == 10) {
                                       f(*self);
                                   }
                               },
                               {.threads = threads}),
                   {.quiet = true}};
    self = &p;
    p.put_all(numbers(0, 100));
    const auto r = p.run_forever();
    expect_closed(r);
    EXPECT_EQ(r.failure_count, 0U);
    return r;
}

class inside : public with_threads {};

PAIPA_WITH_THREADS(inside);

TEST_P(inside, finish_is_a_request) {
    const auto r = run_calling(threads(), [](int_pipeline& p) { p.finish(); });
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(r.delivered, 100U);
}

TEST_P(inside, stop_is_a_request) {
    std::atomic<bool> was_running = false;
    const auto r = run_calling(threads(), [&](int_pipeline& p) {
        was_running = p.stop().state == paipa::run_state::running;
    });
    EXPECT_TRUE(was_running);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(r.delivered, 100U);
}

TEST_P(inside, drain_is_a_request) {
    const auto r = run_calling(threads(), [](int_pipeline& p) { p.drain(); });
    EXPECT_EQ(r.state, paipa::run_state::drained);
    EXPECT_EQ(r.delivered, 100U);
}

TEST_P(inside, cancel_is_a_request) {
    const auto r = run_calling(threads(), [](int_pipeline& p) { p.cancel(); });
    EXPECT_EQ(r.state, paipa::run_state::cancelled);
    EXPECT_GE(r.delivered, 1U);
    EXPECT_EQ(r.delivered + r.abandoned(), 100U);
}

TEST_P(inside, a_second_run_is_refused) {
    bag<std::string> said;
    run_calling(threads(), [&](int_pipeline& p) {
        said.add(refusal<paipa::state_error>([&] { p.run_forever(); }));
        p.finish();
    });
    EXPECT_EQ(said.items(), std::vector<std::string>{
                                "paipa::pipeline 'pipeline': run_forever: a pipeline runs once: "
                                "expected a new pipeline, got one that is running; make another "
                                "from the same flow"});
}

TEST_P(inside, questions_can_be_asked) {
    bag<bool> answers;
    run_calling(threads(), [&](int_pipeline& p) {
        answers.add(p.alive());
        answers.add(p.ok());
        answers.add(!p.failure());
        answers.add(p.dead_letters().empty());
        answers.add(p.report().balanced());
        answers.add(p.explain().find("is running") != std::string::npos);
        p.finish();
    });
    EXPECT_EQ(answers.items(), std::vector<bool>(6, true));
}

/// Another pipeline may run in a step, a thread each.
TEST_P(inside, another_pipeline_runs) {
    std::atomic<int> sum = 0;
    paipa::pipeline p{paipa::step("outer",
                                  [&](int x) {
                                      paipa::pipeline inner{
                                          paipa::step("inner", [&](int y) { sum += y; }),
                                          {.quiet = true}};
                                      inner.put_all({x, x});
                                      inner.finish();
                                      inner.run();
                                  },
                                  {.threads = threads()}),
                      {.quiet = true}};
    p.put_all(numbers(0, 20));
    p.finish();
    expect_closed(p.run());
    EXPECT_EQ(sum, 380);
}

TEST_P(inside, put_feeds_the_own_pipeline_while_there_is_room) {
    std::atomic<int_pipeline*> self = nullptr;
    std::atomic<int> n = 0;
    int_pipeline p{paipa::step("a",
                               [&](int x) {
                                   if (x > 0) {
                                       self.load()->put(x - 1);
                                   } else if (++n == 10) {
                                       self.load()->finish();
                                   }
                               },
                               {.threads = threads()}),
                   {.quiet = true}};
    self = &p;
    p.put_all(std::vector<int>(10, 20));
    const auto r = p.run_forever();
    expect_closed(r);
    EXPECT_EQ(p.count(), 210U);
}

TEST_P(inside, put_is_refused_when_the_intake_is_full) {
    std::atomic<int_pipeline*> self = nullptr;
    bag<std::string> said;
    std::atomic<bool> kept = true;
    int_pipeline p{paipa::step("a",
                               [&](int x) {
                                   if (x == 0) {
                                       said.add(refusal<paipa::state_error>([&] {
                                           for (int i = 1; i < 1'000'000; ++i) {
                                               self.load()->put(i % 100 + 1);
                                               while (self.load()->try_put(1)) {
                                               }
                                           }
                                       }));
                                       int item = 7;
                                       kept =
                                           self.load()->put_for(std::move(item), 0ns) || item == 7;
                                       self.load()->finish();
                                   }
                               },
                               {.threads = threads()}),
                   {.name = "own", .quiet = true, .capacity = 2}};
    self = &p;
    p.put(0);
    expect_closed(p.run_forever());
    EXPECT_EQ(said.items(),
              std::vector<std::string>{
                  "paipa::pipeline 'own': put: expected room in the intake, got a full one: a step "
                  "that waits for its own pipeline could wait for ever; use try_put or put_for"});
    EXPECT_TRUE(kept);
}

TEST_P(inside, the_last_handle_may_be_let_go) {
    gate handed_over;
    gate destroyed;
    std::atomic<int> seen = 0;
    auto all_seen = std::make_shared<gate>();  // the run outlives the test's own view of it
    std::shared_ptr<int_pipeline> p;
    p = std::make_shared<int_pipeline>(paipa::step("a",
                                                   [&, all_seen](int x) {
                                                       if (x == 0) {
                                                           handed_over.wait();
                                                           p.reset();
                                                           destroyed.open();
                                                       }
                                                       if (++seen == 10) {
                                                           all_seen->open();
                                                       }
                                                   },
                                                   {.threads = threads()}),
                                       paipa::pipeline_options{.quiet = true});
    p->put_all(numbers(0, 10));
    p->start();
    handed_over.open();
    EXPECT_TRUE(destroyed.wait());
    EXPECT_TRUE(all_seen->wait());  // nothing is lost
}

/// Calls `f(place)` from its constructor and from each of its hooks.
class calling final : public paipa::abstract_step<int> {
public:
    using call = std::function<void(const std::string&)>;

    explicit calling(call f) : f_(std::move(f)) { f_("constructor"); }

    void process(int) override {}

    void step_initialize() override { f_("step_initialize"); }

    void initialize() override { f_("initialize"); }

    void thread_initialize() override { f_("thread_initialize"); }

    void in_queue_empty() override { f_("in_queue_empty"); }

    void thread_shutdown() override { f_("thread_shutdown"); }

    void step_shutdown() override { f_("step_shutdown"); }

private:
    call f_;
};

/// Calls `f` when the run begins and ends.
class calling_tracker final : public paipa::tracker {
public:
    explicit calling_tracker(calling::call f) : f_(std::move(f)) {}

    void run_started(std::string_view) override { f_("run_started"); }

    void run_ended(const paipa::report&) override { f_("run_ended"); }

private:
    calling::call f_;
};

using ending = std::pair<const char*, void (*)(int_pipeline&)>;

const ending endings[] = {{"finish", [](int_pipeline& p) { p.finish(); }},
                          {"stop", [](int_pipeline& p) { p.stop(); }},
                          {"drain", [](int_pipeline& p) { p.drain(std::chrono::hours{1}); }},
                          {"cancel", [](int_pipeline& p) { p.cancel(); }}};

TEST_P(inside, hooks_may_ask_for_the_end) {
    for (const std::string place :
         {"constructor", "step_initialize", "initialize", "thread_initialize", "in_queue_empty",
          "thread_shutdown", "step_shutdown", "run_started", "run_ended"}) {
        for (const ending& e : endings) {
            SCOPED_TRACE(place + " calls " + e.first);
            int_pipeline* self = nullptr;
            std::atomic<bool> called = false;
            const auto f = [&](const std::string& where) {
                if (where == place && !called.exchange(true)) {
                    e.second(*self);
                }
            };
            int_pipeline p{paipa::step<calling>("a", {.threads = threads()}, calling::call(f)),
                           {.quiet = true, .tracker = std::make_shared<calling_tracker>(f)}};
            self = &p;
            p.put_all(numbers(0, 100));
            p.start();
            if (place == "in_queue_empty") {
                EXPECT_TRUE(eventually([&] { return called.load(); }));
            }
            const auto r = p.stop();
            EXPECT_TRUE(called);
            expect_closed(r);
            EXPECT_EQ(r.failure_count, 0U);
            EXPECT_EQ(r.delivered + r.abandoned(), 100U);
        }
    }
}

TEST_P(inside, fail_callback_may_ask_for_the_end) {
    for (const std::string place : {"step_initialize", "initialize", "thread_initialize"}) {
        for (const ending& e : endings) {
            SCOPED_TRACE(place + " fails, fail_callback calls " + e.first);
            int_pipeline* self = nullptr;
            std::atomic<int> called = 0;
            const auto fail = [&](const std::string& where) {
                if (where == place) {
                    throw std::runtime_error(where);
                }
            };
            int_pipeline p{paipa::step<calling>("a", {.threads = threads()}, calling::call(fail)),
                           {.quiet = true, .fail_callback = [&](const paipa::failure&) {
                                ++called;
                                e.second(*self);
                            }}};
            self = &p;
            p.put(1);
            p.finish();
            EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), place);
            EXPECT_EQ(called, 1);
            EXPECT_EQ(p.report().state, paipa::run_state::failed);
        }
    }
}

/// Hooks and trackers of the start run on the thread that calls `start`, and may destroy what it
/// called.
TEST_P(inside, the_start_may_destroy_the_pipeline) {
    for (const std::string place : {"step_initialize", "initialize", "run_started"}) {
        for (const bool waits : {false, true}) {
            SCOPED_TRACE(place);
            auto ended = std::make_shared<gate>();  // the run outlives the test's own view of it
            auto p = std::make_shared<std::unique_ptr<int_pipeline>>();
            const auto f = [ended, p, place](const std::string& where) {
                if (where == place) {
                    p->reset();
                } else if (where == "run_ended") {
                    ended->open();
                }
            };
            *p = std::make_unique<int_pipeline>(
                paipa::step<calling>("a", {.threads = threads()}, calling::call(f)),
                paipa::pipeline_options{.quiet = true,
                                        .tracker = std::make_shared<calling_tracker>(f)});
            (*p)->put_all(numbers(0, 100));
            (*p)->finish();
            if (waits) {
                const auto r = (*p)->run();
                expect_closed(r);
                EXPECT_EQ(r.delivered, 100U);
            } else {
                (*p)->start();
            }
            EXPECT_EQ(*p, nullptr);
            EXPECT_TRUE(ended->wait());
        }
    }
}

/// A run that a step starts borrows the step's thread for its own start.
TEST_P(inside, hooks_of_another_run_may_ask_for_the_end) {
    for (const ending& e : endings) {
        SCOPED_TRACE(e.first);
        const auto r = run_calling(threads(), [&](int_pipeline& outer) {
            const auto f = [&](const std::string& where) {
                if (where == "step_initialize") {
                    e.second(outer);
                }
            };
            int_pipeline inner{paipa::step<calling>("a", {}, calling::call(f)), {.quiet = true}};
            inner.put(1);
            inner.finish();
            expect_closed(inner.run());
            EXPECT_EQ(inner.count(), 1U);
        });
        EXPECT_EQ(r.delivered + r.abandoned(), 100U);
    }
}

TEST_P(inside, results_are_refused) {
    bag<std::string> all_said;
    paipa::pipeline<int, int>* self = nullptr;
    paipa::pipeline<int, int> p{paipa::step("a",
                                            [&](int x) {
                                                all_said.add(refusal<paipa::state_error>([&] {
                                                    for (const int y : self->results()) {
                                                        x += y;
                                                    }
                                                }));
                                                return x;
                                            },
                                            {.threads = threads()}),
                                {.name = "own", .quiet = true}};
    self = &p;
    p.put_all({1, 2, 3});
    p.finish();
    EXPECT_EQ(std::ranges::distance(p.results()), 3);
    for (const std::string& text : all_said.items()) {
        EXPECT_EQ(
            text,
            "paipa::pipeline 'own': results: expected a reader outside of the run, got one of "
            "its own threads, which would wait for itself; hand on to another step instead");
    }
}

}  // namespace
