#ifndef PAIPA_TESTS_FAULT_RUN_HPP
#define PAIPA_TESTS_FAULT_RUN_HPP
#include <paipa/paipa.hpp>
#include <paipa/testing/simulation.hpp>

#include "../read_to_the_end.hpp"
#include "steps.hpp"
#include "watchers.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// One run of the matrix: a flow, a fault, a way to run; and what must hold after it.

namespace fault {

/// How a pipeline runs.
enum class mode { run, background, input_queue, results };

inline constexpr mode modes[] = {mode::run, mode::background, mode::input_queue, mode::results};

/// One cell of the matrix.
struct cell {
    place where = place::nowhere;
    std::size_t position = 0;
    mode how = mode::run;
    std::size_t threads = 1;
    std::size_t nth = 1;
    bool from_range = false;  // instead of put
    bool ordered = false;
    paipa::failure_action on_failure = paipa::failure_action::fail;
    unsigned attempts = 1;
    bool tracker_throws = false;
    bool callback_throws = false;

    [[nodiscard]] std::string text() const {
        std::ostringstream out;
        out << "place " << static_cast<int>(where) << ", position " << position << ", mode "
            << static_cast<int>(how) << ", threads " << threads << ", nth " << nth;
        return out.str();
    }
};

inline constexpr long items_of_a_run = 24;

/// What a run did. `complaints` is empty when all promises held.
struct outcome {
    std::string complaints;
    bool failed = false;
    bool refused = false;  // the fault reached whoever pushed, not the run
    int tracker_calls = 0;
    paipa::report books{};
    std::vector<paipa::dead_letter> letters{};
};

/// Runs one cell with a flow that `make(world, threads)` gives.
template <class Item>
class runner {
public:
    runner(const cell& c, world& w, paipa::testing::simulation* sim) : cell_(c), w_(w), sim_(sim) {}

    template <class Flow>
    outcome operator()(const Flow& flow) {
        const long before = Item::live.load();
        if (cell_.how == mode::results) {
            with<paipa::pipeline<Item, Item>>(flow);
        } else {
            with<paipa::pipeline<Item>>(flow);
        }
        result_.letters.clear();
        watched();
        expect(Item::live.load() == before, "items that live on");
        return std::move(result_);
    }

private:
    void expect(bool holds, const std::string& what) {
        if (!holds) {
            result_.complaints += "[" + cell_.text() + "] " + what + "\n";
        }
    }

    template <class Pipeline, class Flow>
    void with(const Flow& flow) {
        std::atomic<int> callbacks = 0;
        paipa::pipeline_options options{.quiet = true,
                                        .capacity = 2,
                                        .retry = {.attempts = cell_.attempts},
                                        .on_failure = cell_.on_failure,
                                        .fail_callback =
                                            [&](const paipa::failure&) {
                                                ++callbacks;
                                                if (cell_.callback_throws) {
                                                    throw std::runtime_error("callback");
                                                }
                                            },
                                        .tracker = watch_,
                                        .runtime = sim_};
        if (cell_.how == mode::input_queue) {
            auto queue = std::make_shared<paipa::queue<Item>>(2, sim_);
            Pipeline p{flow, queue, std::move(options)};
            go(p, [&] { fed_by_queue(p, *queue); });
            after(p, callbacks);
        } else {
            Pipeline p{flow, std::move(options)};
            go(p, [&] { run_as_told(p); });
            after(p, callbacks);
        }
    }

    template <class Pipeline, class F>
    void go(Pipeline& p, F f) {
        try {
            f();
        } catch (const planned& e) {
            result_.failed = true;
            expect(e.where == cell_.where, "another value was thrown");
        } catch (const paipa::closed_error&) {
            expect(false, "closed_error");
        } catch (const std::exception& e) {
            expect(false, std::string("something else was thrown: ") + e.what());
        }
        (void)p;
    }

    template <class Pipeline>
    void fed_by_queue(Pipeline& p, paipa::queue<Item>& queue) {
        if (cell_.from_range) {
            p.put_iterable(faulty_range<Item>(&w_, items_of_a_run));
        }
        p.start();
        w_.wait_for_the_idle_hook();
        try {
            p.put_meta(std::string("meta"));
            for (long i = 0; i < items_of_a_run; ++i) {
                push(queue, i);
            }
        } catch (const paipa::closed_error&) {
            expect(w_.what.is_blown(), "the queue was closed");
        }
        p.stop();
    }

    /// What the push itself throws is the affair of whoever pushes: the run does without the item.
    void push(paipa::queue<Item>& queue, long i) {
        try {
            queue.push(Item(i));
        } catch (const planned& e) {
            result_.refused = true;
            expect(e.where == cell_.where, "push threw another value");
        }
    }

    template <class Pipeline>
    void run_as_told(Pipeline& p) {
        if (cell_.how == mode::background) {
            p.start();
            w_.wait_for_the_idle_hook();
        }
        try {
            feed(p);
        } catch (const paipa::closed_error&) {
            expect(w_.what.is_blown(), "the intake was closed");
        }
        if (cell_.how == mode::background) {
            p.stop();
        } else if constexpr (requires { p.results(); }) {
            p.finish();
            long n = 0;
            read_to_the_end(p, [&n](const Item& item) { n += item.value() >= 0 ? 1 : 0; });
            expect(n == items_of_a_run || cell_.on_failure != paipa::failure_action::fail,
                   "results are missing");
        } else {
            p.finish();
            p.run();
        }
    }

    template <class Pipeline>
    void feed(Pipeline& p) {
        if (cell_.from_range) {
            p.put_iterable(faulty_range<Item>(&w_, items_of_a_run));
        } else {
            for (long i = 0; i < items_of_a_run; ++i) {
                if (i == items_of_a_run / 2) {
                    p.put_meta(std::string("meta"));
                }
                p.put(Item(i));
            }
        }
    }

    template <class Pipeline>
    void after(Pipeline& p, const std::atomic<int>& callbacks) {
        const paipa::report r = p.report();
        result_.books = r;
        result_.letters = p.dead_letters();
        expect(r.balanced(), "the books do not balance\n" + r.text());
        for (const auto& s : r.steps) {
            expect(s.inside == 0, "items inside of " + s.name + "\n" + r.text());
        }
        for (const auto& e : r.edges) {
            expect(e.queued == 0, "items queued in front of " + e.to + "\n" + r.text());
            expect(e.most <= 2 || e.from == "intake", "too many in front of " + e.to);
        }
        expect(p.ok() == !result_.failed, "ok() differs");
        expect(!p.alive(), "it lives on");
        expect(callbacks == (result_.failed ? 1 : 0), "fail_callback was not called once");
        expect(result_.failed == p.failure().has_value(), "failure() differs");
        expect(result_.failed || r.state == paipa::run_state::finished, "state");
        if (result_.failed) {
            expect(r.state == paipa::run_state::failed, "state after a failure");
            failed_again(p);
        }
        paired_hooks();
    }

    /// Whoever asks again gets the same answer.
    template <class Pipeline>
    void failed_again(Pipeline& p) {
        try {
            p.stop();
            expect(false, "stop did not rethrow");
        } catch (const planned& e) {
            expect(e.where == cell_.where, "stop threw another value");
        }
        try {
            p.put(Item(0));
            expect(false, "put after a failure");
        } catch (const paipa::closed_error&) {
        }
    }

    void paired_hooks() {
        for (std::size_t i = 0; i < w_.steps.size(); ++i) {
            const hooks& h = w_.steps[i];
            const std::string step = " of step " + std::to_string(i);
            expect(h.thread_initialized == h.thread_shut, "thread hooks" + step);
            expect(h.step_initialized == h.step_shut, "step hooks" + step);
            expect(h.step_initialized <= 1, "step_initialize" + step + " more than once");
            expect(h.out_of_order == 0, "order of the hooks" + step);
        }
    }

    /// Every beginning that the tracker saw has its end, though it threw each time.
    void watched() {
        if (watch_ != nullptr) {
            result_.tracker_calls = watch_->calls;
            expect(watch_->open == 0, "the tracker saw a beginning without an end");
            expect(watch_->calls > 0, "the tracker was not called");
        }
    }

    const cell& cell_;
    world& w_;
    paipa::testing::simulation* sim_;
    const std::shared_ptr<throwing_tracker> watch_ =
        cell_.tracker_throws ? std::make_shared<throwing_tracker>() : nullptr;
    outcome result_;
};

/// Runs it on threads, or with a seed in a simulation, where a deadlock is a complaint.
template <class Item, class Make>
outcome run_cell(const cell& c, Make make, std::uint64_t seed = 0,
                 std::atomic<bool>* blown = nullptr) {
    world w(c.where, c.position, c.nth);
    Item::items = &w.what;
    outcome result;
    if (seed == 0) {
        result = runner<Item>(c, w, nullptr)(make(&w, c));
    } else {
        paipa::testing::simulation sim(seed);
        w.sim = &sim;
        try {
            sim.run([&] { result = runner<Item>(c, w, &sim)(make(&w, c)); });
        } catch (const paipa::testing::stalled_error& e) {
            result.complaints = "[" + c.text() + "] " + e.what();
            std::fprintf(stderr, "%s, seed %ju\n", result.complaints.c_str(),
                         static_cast<std::uintmax_t>(seed));
            std::abort();  // the stalled fibers cannot be undone
        }
    }
    Item::items = nullptr;
    for (std::size_t i = 0; i < w.steps.size(); ++i) {
        if (w.steps[i].made != w.steps[i].unmade) {
            result.complaints += "[" + c.text() + "] instances live on\n";
        }
    }
    if (blown != nullptr) {
        *blown = w.what.is_blown();
    }
    const bool contained = c.attempts > 1 || c.on_failure != paipa::failure_action::fail;
    if ((result.failed || result.refused) != w.what.is_blown() && !contained) {
        result.complaints += "[" + c.text() + "] a failure was swallowed\n";
    }
    if (seed != 0 && !result.complaints.empty()) {
        result.complaints += "seed " + std::to_string(seed) + "\n";
    }
    return result;
}

}  // namespace fault
#endif
