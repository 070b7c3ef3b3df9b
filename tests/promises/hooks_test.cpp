#include <paipa/testing/simulation.hpp>

#include "support.hpp"
#include "virtual_time.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace promises;

/// What happened, in order; each line is `<step> <hook> <worker>`.
class diary {
public:
    void note(const std::string& what) { lines_.add(what); }

    [[nodiscard]] std::vector<std::string> lines() const { return lines_.items(); }

    [[nodiscard]] std::ptrdiff_t times(const std::string& what) const {
        const auto all = lines();
        return std::count(all.begin(), all.end(), what);
    }

    /// How many lines begin so.
    [[nodiscard]] std::ptrdiff_t starting(const std::string& with) const {
        const auto all = lines();
        return std::count_if(all.begin(), all.end(),
                             [&](const std::string& s) { return s.starts_with(with); });
    }

    /// Every line that begins with `first` stands before every one that begins with `second`.
    [[nodiscard]] bool all_before(const std::string& first, const std::string& second) const {
        bool seen = false;
        for (const std::string& s : lines()) {
            seen = seen || s.starts_with(second);
            if (seen && s.starts_with(first)) {
                return false;
            }
        }
        return true;
    }

private:
    bag<std::string> lines_;
};

/// Notes its hooks; the one called `thrower` throws in worker `who`.
class keeping final : public paipa::abstract_step<int, int> {
public:
    explicit keeping(diary* d, std::string thrower = {}, std::size_t who = 0)
        : diary_(d), thrower_(std::move(thrower)), who_(who) {}

    int process(int x) override {
        note("process");
        return x;
    }

    void step_initialize() override { note("step_initialize"); }

    void initialize() override { note("initialize"); }

    void thread_initialize() override { note("thread_initialize"); }

    void thread_shutdown() override { note("thread_shutdown"); }

    void step_shutdown() override { note("step_shutdown"); }

private:
    void note(const std::string& hook) {
        const std::size_t i = self().index();
        diary_->note(self().step() + " " + hook + " " + std::to_string(i));
        if (hook == thrower_ && i == who_) {
            throw std::runtime_error(hook);
        }
    }

    diary* diary_;
    std::string thrower_;
    std::size_t who_;
};

/// Each hook that began has its counterpart called once; none runs twice.
void expect_paired(const diary& notes, const std::string& step, const std::string& thrower = {}) {
    for (const std::string& line : notes.lines()) {
        if (line.starts_with(step + " ") && !line.starts_with(step + " process")) {
            EXPECT_EQ(notes.times(line), 1) << line;
        }
    }
    const auto n = [&](const std::string& hook) { return notes.starting(step + " " + hook); };
    const bool began = n("step_initialize ") == 1 && thrower != "step_initialize";
    EXPECT_EQ(n("step_shutdown "), began ? 1 : 0);
    EXPECT_EQ(n("thread_shutdown "),
              n("thread_initialize ") - (thrower == "thread_initialize" ? 1 : 0));
    EXPECT_LE(n("thread_initialize "), n("initialize "));
    EXPECT_TRUE(notes.all_before(step + " thread_shutdown", step + " step_shutdown"));
}

class hooks : public with_threads {};

PAIPA_WITH_THREADS(hooks);

TEST_P(hooks, run_once_each_and_in_their_order) {
    diary notes;
    paipa::pipeline p{paipa::step<keeping>("a", {.threads = threads()}, &notes) |
                          paipa::step<keeping>("b", {.threads = threads()}, &notes),
                      {.quiet = true}};
    p.put_iterable(std::views::iota(0, 200));
    expect_closed(p.run());
    const auto n = static_cast<std::ptrdiff_t>(threads());
    for (const std::string step : {"a", "b"}) {
        expect_paired(notes, step);
        EXPECT_EQ(notes.starting(step + " step_initialize 0"), 1);
        EXPECT_EQ(notes.starting(step + " initialize"), n);
        EXPECT_EQ(notes.starting(step + " thread_initialize"), n);
        EXPECT_EQ(notes.starting(step + " process"), 200);
        EXPECT_EQ(notes.starting(step + " thread_shutdown"), n);
        EXPECT_EQ(notes.starting(step + " step_shutdown 0"), 1);
        EXPECT_TRUE(notes.all_before(step + " step_initialize", step + " initialize"));
        for (std::size_t i = 0; i < threads(); ++i) {
            const std::string k = " " + std::to_string(i);
            EXPECT_TRUE(
                notes.all_before(step + " initialize" + k, step + " thread_initialize" + k));
            EXPECT_TRUE(notes.all_before(step + " thread_initialize" + k, step + " process" + k));
            EXPECT_TRUE(notes.all_before(step + " process" + k, step + " thread_shutdown" + k));
        }
    }
    EXPECT_TRUE(notes.all_before("b initialize", "a thread_initialize"));
    EXPECT_TRUE(notes.all_before("a step_shutdown", "b thread_shutdown"));
}

TEST_P(hooks, are_paired_whichever_of_them_throws) {
    for (const std::string thrower : {"step_initialize", "initialize", "thread_initialize",
                                      "process", "thread_shutdown", "step_shutdown"}) {
        for (const std::size_t who : {std::size_t{0}, threads() - 1}) {
            if (who > 0 && thrower.starts_with("step_")) {
                continue;
            }
            SCOPED_TRACE(thrower + " in worker " + std::to_string(who));
            diary here;
            std::atomic<int> callbacks = 0;
            paipa::pipeline p{
                paipa::step<keeping>("a", {.threads = threads()}, &here) |
                    paipa::step<keeping>("b", {.threads = threads()}, &here, thrower, who) |
                    paipa::step<keeping>("c", {.threads = threads()}, &here),
                {.quiet = true, .fail_callback = [&](const paipa::failure&) { ++callbacks; }}};
            p.put_iterable(std::views::iota(0, 2'000));
            std::string said = refusal<std::runtime_error>([&] { p.run(); });
            if (thrower == "process" && said == "nothing was thrown") {
                continue;  // that worker never got an item
            }
            EXPECT_EQ(said, thrower);
            EXPECT_EQ(p.failure()->where, thrower);
            EXPECT_EQ(p.failure()->worker, who);
            EXPECT_EQ(callbacks, 1);
            expect_closed(p.report());
            expect_paired(here, "a");
            expect_paired(here, "b", thrower);
            expect_paired(here, "c");
        }
    }
}

TEST_P(hooks, run_on_the_threads_that_they_are_promised) {
    struct asking final : paipa::abstract_step<int> {
        explicit asking(bag<std::thread::id>* s, bag<std::thread::id>* w) : start(s), own(w) {}

        void process(int) override { own->add(std::this_thread::get_id()); }

        void step_initialize() override { start->add(std::this_thread::get_id()); }

        void initialize() override { start->add(std::this_thread::get_id()); }

        void thread_initialize() override { mine_ = std::this_thread::get_id(); }

        void thread_shutdown() override {
            if (mine_ != std::this_thread::get_id()) {
                start->add({});
            }
        }

        bag<std::thread::id>* start;
        bag<std::thread::id>* own;
        std::thread::id mine_;
    };

    bag<std::thread::id> start;
    bag<std::thread::id> own;
    paipa::pipeline p{paipa::step<asking>("a", {.threads = threads()}, &start, &own),
                      {.quiet = true}};
    p.put_iterable(std::views::iota(0, 100));
    expect_closed(p.run());
    EXPECT_EQ(start.items(),
              std::vector<std::thread::id>(threads() + 1, std::this_thread::get_id()));
    const auto workers = own.items();
    EXPECT_EQ(std::count(workers.begin(), workers.end(), std::this_thread::get_id()), 0);
}

TEST_P(hooks, may_emit) {
    struct emitting final : paipa::abstract_step<int, int, void> {
        void process(int x) override { emit(x); }

        void step_initialize() override { emit(1'000); }

        void initialize() override { emit(2'000); }

        void thread_initialize() override { emit(3'000); }

        void thread_shutdown() override { emit(4'000); }

        void step_shutdown() override { emit(5'000); }
    };

    bag<int> seen;
    paipa::pipeline p{paipa::step<emitting>("a", {.threads = threads()}) |
                          paipa::step("b", [&](int x) { seen.add(x); }),
                      {.quiet = true, .capacity = 2}};
    p.put_iterable(numbers(0, 10));
    expect_closed(p.run());
    std::vector<int> want = numbers(0, 10);
    for (const int x : {2'000, 3'000, 4'000}) {
        want.insert(want.end(), threads(), x);
    }
    want.push_back(1'000);
    want.push_back(5'000);
    std::sort(want.begin(), want.end());
    EXPECT_EQ(seen.sorted(), want);
    EXPECT_EQ(seen.items().back(), 5'000);
}

/// Ticks whenever it has nothing to do.
struct ticking final : paipa::abstract_step<int, int, void> {
    void process(int x) override { emit(x); }

    void in_queue_empty() override { emit(--ticks); }

    int ticks = 0;
};

TEST(hook, of_an_empty_queue_may_emit) {
    using arrival = std::pair<int, paipa::duration>;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        paipa::testing::simulation sim(seed);
        std::vector<arrival> seen;
        sim.run([&] {
            paipa::pipeline p{
                paipa::step<ticking>("a", {.idle_interval = 2s}) |
                    paipa::step("b", [&](int x) { seen.emplace_back(x, sim.elapsed()); }),
                {.quiet = true, .runtime = &sim}};
            p.start();
            sim.sleep_for(5s);
            p.put(7);
            sim.sleep_for(3s);
            const auto r = p.stop();
            expect_closed(r);
            EXPECT_EQ(r.steps[0].emitted, 6U);
        });
        EXPECT_EQ(seen, (std::vector<arrival>{
                            {-1, 0s}, {-2, 2s}, {-3, 4s}, {7, 5s}, {-4, 5s}, {-5, 7s}}));
    }
}

/// `thread_shutdown` and `step_shutdown` come when nothing is unfinished: retries and requeues
/// included.
TEST_P(hooks, of_the_end_wait_for_what_is_unfinished) {
    struct late final : paipa::abstract_step<int, int> {
        explicit late(std::atomic<int>* l) : left(l) {}

        int process(int x) override {
            if (x < 5) {
                self().requeue(x + 1);
                return 0;
            }
            --*left;
            return x;
        }

        void thread_shutdown() override {
            if (*left != 0) {
                throw std::runtime_error("too early");
            }
        }

        std::atomic<int>* left;
    };

    std::atomic<int> left = 100;
    paipa::pipeline p{paipa::step<late>("a", {.threads = threads(), .capacity = 1}, &left),
                      {.quiet = true}};
    p.put_all(std::vector<int>(100, 0));
    p.finish();
    expect_closed(p.run());
    EXPECT_EQ(left, 0);
}

/// One thread at a time in an instance, and each worker has its own.
TEST_P(hooks, never_meet_another_thread_in_their_instance) {
    struct alone final : paipa::abstract_step<int, int> {
        explicit alone(std::atomic<int>* m) : met(m) {}

        int process(int x) override {
            if (busy_.exchange(true)) {
                ++*met;
            }
            std::this_thread::yield();
            busy_ = false;
            return x;
        }

        std::atomic<int>* met;
        std::atomic<bool> busy_ = false;
    };

    std::atomic<int> met = 0;
    paipa::pipeline p{paipa::step<alone>("a", {.threads = threads()}, &met), {.quiet = true}};
    p.put_iterable(std::views::iota(0, 2'000));
    expect_closed(p.run());
    EXPECT_EQ(met, 0);
}

class shutdown_emissions : public virtual_time {};

INSTANTIATE_TEST_SUITE_P(seeds, shutdown_emissions, testing::Range<std::uint64_t>(1, 51));

struct last_words final : paipa::abstract_step<int, int> {
    int process(int x) override { return x; }

    void thread_shutdown() override { emit(1'000); }
};

TEST_P(shutdown_emissions, after_a_failure_upstream_are_abandoned) {
    std::atomic<int> arrived = 0;
    sim.run([&] {
        paipa::pipeline p{paipa::step("fails",
                                      [](int x) {
                                          if (x == 5) {
                                              throw x;
                                          }
                                          return x;
                                      }) |
                              paipa::step<last_words>("says", {.threads = 3}) |
                              paipa::step("hears", [&](int x) { arrived += x == 1'000 ? 1 : 0; }),
                          options()};
        p.put_all({1, 2, 3, 4, 5, 6});
        p.finish();
        EXPECT_THROW(p.run(), int);
        expect_closed(p.report());
    });
    EXPECT_EQ(arrived, 0);
}

}  // namespace
