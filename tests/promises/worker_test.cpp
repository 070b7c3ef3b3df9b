#include "support.hpp"

#include <atomic>
#include <csignal>
#include <memory>
#include <optional>
#include <pthread.h>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

// What a step knows of its worker, and what a tracker sees of it.

namespace {

using namespace promises;

class workers : public with_threads {};

PAIPA_WITH_THREADS(workers);

TEST_P(workers, know_their_index_and_their_siblings) {
    struct asking final : paipa::abstract_step<int> {
        explicit asking(bag<std::size_t>* s, std::atomic<bool>* w) : seen(s), wrong(w) {}

        void process(int) override {}

        void thread_initialize() override {
            seen->add(self().index());
            if (self().siblings() != seen_threads || self().step() != "a") {
                *wrong = true;
            }
        }

        bag<std::size_t>* seen;
        std::atomic<bool>* wrong;
        std::size_t seen_threads = GetParam();
    };

    bag<std::size_t> seen;
    std::atomic<bool> wrong = false;
    paipa::pipeline p{paipa::step<asking>("a", {.threads = threads()}, &seen, &wrong),
                      {.quiet = true}};
    p.finish();
    expect_closed(p.run());
    std::vector<std::size_t> want;
    for (std::size_t i = 0; i < threads(); ++i) {
        want.push_back(i);
    }
    EXPECT_EQ(seen.sorted(), want);
    EXPECT_FALSE(wrong);
}

TEST_P(workers, share_one_storage_made_once) {
    struct shared {
        shared() { ++made(); }

        static std::atomic<int>& made() {
            static std::atomic<int> n = 0;
            return n;
        }

        int sum = 0;  // no atomic: the handle is a lock
    };

    struct adding final : paipa::abstract_step<int, int, void> {
        void process(int x) override { self().storage<shared>()->sum += x; }

        void step_shutdown() override { emit(self().storage<shared>()->sum); }
    };

    shared::made() = 0;
    paipa::pipeline p{paipa::step<adding>("a", {.threads = threads()}), {.quiet = true}};
    p.put_iterable(numbers(0, 2'000));
    for (const int sum : p.results()) {
        EXPECT_EQ(sum, 1'999'000);
    }
    EXPECT_EQ(p.count(), 1U);
    EXPECT_EQ(shared::made(), 1);
    expect_closed(p.report());
}

TEST_P(workers, see_the_stop_token_and_wake_from_sleep_at_a_cancel) {
    struct sleeping final : paipa::abstract_step<int> {
        explicit sleeping(std::atomic<std::size_t>* b, std::atomic<std::size_t>* w)
            : begun(b), woken(w) {}

        void process(int) override {
            ++*begun;
            const bool slept = self().sleep_for(24h);
            if (!slept && self().stop_token().stop_requested() && !self().sleep_for(24h)) {
                ++*woken;
            }
        }

        std::atomic<std::size_t>* begun;
        std::atomic<std::size_t>* woken;
    };

    std::atomic<std::size_t> begun = 0;
    std::atomic<std::size_t> woken = 0;
    paipa::pipeline p{paipa::step<sleeping>("a", {.threads = threads()}, &begun, &woken),
                      {.quiet = true}};
    p.put_all(std::vector<int>(threads(), 0));
    p.start();
    EXPECT_TRUE(eventually([&] { return begun == threads(); }));
    p.cancel();
    expect_closed(p.stop());
    EXPECT_EQ(woken, threads());
}

TEST_P(workers, wake_from_sleep_when_a_sibling_fails) {
    struct failing final : paipa::abstract_step<int> {
        explicit failing(std::atomic<std::size_t>* b) : begun(b) {}

        void process(int x) override {
            ++*begun;
            if (x > 0) {
                (void)self().sleep_for(24h);
            } else {
                eventually([this] { return *begun == self().siblings(); });
                throw std::runtime_error("alarm");
            }
        }

        std::atomic<std::size_t>* begun;
    };

    std::atomic<std::size_t> begun = 0;
    paipa::pipeline p{paipa::step<failing>("a", {.threads = threads()}, &begun), {.quiet = true}};
    auto items = std::vector<int>(threads(), 1);
    items.front() = 0;
    p.put_all(items);
    p.finish();
    EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), "alarm");
    expect_closed(p.report());
}

TEST_P(workers, process_a_requeued_item_again) {
    struct counting final : paipa::abstract_step<int, int, std::optional<int>> {
        std::optional<int> process(int x) override {
            if (x % 10 < 4) {
                self().requeue(x + 1);
                return std::nullopt;
            }
            return x;
        }
    };

    bag<int> seen;
    paipa::pipeline p{paipa::step<counting>("a", {.threads = threads(), .capacity = 2}) |
                          paipa::step("b", [&](int x) { seen.add(x); }),
                      {.quiet = true}};
    std::vector<int> want;
    for (int i = 0; i < 500; ++i) {
        p.put(10 * i);
        want.push_back(10 * i + 4);
    }
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(seen.sorted(), want);
    EXPECT_EQ(r.steps[0].received, 500U);  // one item each, however often it came back
    EXPECT_EQ(r.steps[0].finished, 500U);
    EXPECT_EQ(r.steps[0].retries, 0U);
}

TEST_P(workers, have_a_name_and_no_signals) {
    bag<std::string> names;
    std::atomic<bool> open_signal = false;
    std::atomic<std::size_t> inside = 0;
    const std::size_t n = threads();
    paipa::pipeline p{
        paipa::step("step",
                    [&, n](int) {
                        ++inside;
                        char name[32] = "";
                        eventually([&] {  // the creator writes the name once the thread runs
                            pthread_getname_np(pthread_self(), name, sizeof name);
                            return std::string(name).starts_with("step/") && inside >= n;
                        });
                        names.add(name);
                        sigset_t blocked;
                        pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
                        for (const int s : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGALRM, SIGPIPE}) {
                            if (sigismember(&blocked, s) == 0) {
                                open_signal = true;
                            }
                        }
                    },
                    {.threads = n}),
        {.quiet = true}};
    p.put_all(std::vector<int>(n, 0));
    p.finish();
    expect_closed(p.run());
    std::vector<std::string> want;
    for (std::size_t i = 0; i < n; ++i) {
        want.push_back("step/" + std::to_string(i));
    }
    EXPECT_EQ(names.sorted(), want);
    EXPECT_FALSE(open_signal);
}

/// Counts what it is told, per worker; throws at every third call if it is asked to.
class watching final : public paipa::tracker {
public:
    explicit watching(bool throws) : throws_(throws) {}

    void run_started(std::string_view) override { note(runs_started); }

    void run_ended(const paipa::report& r) override {
        balanced = r.balanced();
        note(runs_ended);
    }

    void worker_started(std::string_view, std::size_t) override { note(workers_started); }

    void worker_ended(std::string_view, std::size_t) override { note(workers_ended); }

    void item_started(std::string_view, std::size_t) override { note(items_started); }

    void item_ended(std::string_view, std::size_t, paipa::item_outcome o) override {
        ++outcomes[static_cast<std::size_t>(o)];
        note(items_ended);
    }

    [[nodiscard]] int of(paipa::item_outcome o) const {
        return outcomes[static_cast<std::size_t>(o)];
    }

    std::atomic<int> runs_started = 0, runs_ended = 0, workers_started = 0, workers_ended = 0,
                     items_started = 0, items_ended = 0;
    std::array<std::atomic<int>, 7> outcomes{};
    std::atomic<bool> balanced = false;

private:
    void note(std::atomic<int>& n) {
        ++n;
        if (throws_ && ++calls_ % 3 == 0) {
            throw calls_.load();
        }
    }

    bool throws_;
    std::atomic<int> calls_ = 0;
};

TEST_P(workers, are_tracked_in_exact_pairs_whatever_the_tracker_throws) {
    using enum paipa::item_outcome;
    for (const bool throws : {false, true}) {
        paipa::set_log_hook([](paipa::log_level, std::string_view) {});
        auto t = std::make_shared<watching>(throws);
        std::array<std::atomic<int>, 600> calls{};
        paipa::pipeline p{paipa::step("a",
                                      [&](int x) -> std::optional<int> {
                                          if (x % 3 == 1) {
                                              return std::nullopt;
                                          }
                                          if (x % 3 == 2) {
                                              throw 1;
                                          }
                                          if (++calls[static_cast<std::size_t>(x)] == 1) {
                                              throw 2;
                                          }
                                          return x;
                                      },
                                      {.threads = threads(),
                                       .retry = {.attempts = 2},
                                       .on_failure = paipa::failure_action::drop}),
                          {.quiet = true, .tracker = t}};
        p.put_iterable(numbers(0, 600));
        const auto r = p.run();
        paipa::set_log_hook({});
        expect_closed(r);
        EXPECT_EQ(t->runs_started, 1);
        EXPECT_EQ(t->runs_ended, 1);
        EXPECT_TRUE(t->balanced);
        EXPECT_EQ(t->workers_started, static_cast<int>(threads()));
        EXPECT_EQ(t->workers_ended, static_cast<int>(threads()));
        EXPECT_EQ(t->items_started, 200 + 2 * 400);
        EXPECT_EQ(t->items_ended, t->items_started);
        EXPECT_EQ(t->of(finished), 200);
        EXPECT_EQ(t->of(skipped), 200);
        EXPECT_EQ(t->of(retried), 400);
        EXPECT_EQ(t->of(dropped), 200);
    }
}

TEST_P(workers, are_tracked_in_exact_pairs_through_a_failure) {
    auto t = std::make_shared<watching>(false);
    paipa::pipeline p{paipa::step("a",
                                  [](int x) {
                                      if (x == 50) {
                                          throw x;
                                      }
                                      return x;
                                  },
                                  {.threads = threads()}),
                      {.quiet = true, .tracker = t}};
    p.put_iterable(numbers(0, 600));
    EXPECT_THROW(p.run(), int);
    expect_closed(p.report());
    EXPECT_EQ(t->runs_ended, 1);
    EXPECT_EQ(t->workers_ended, t->workers_started);
    EXPECT_EQ(t->items_ended, t->items_started);
    EXPECT_EQ(t->of(paipa::item_outcome::failed), 1);
}

}  // namespace
