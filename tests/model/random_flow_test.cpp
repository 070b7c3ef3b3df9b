#include <paipa/paipa.hpp>
#include <paipa/testing/simulation.hpp>

#include "../number_in.hpp"
#include "../read_to_the_end.hpp"
#include "erased.hpp"
#include "oracle.hpp"
#include "sequence.hpp"
#include "verdict.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

// Random flows against the model. PAIPA_SEED=<n> runs that flow alone, in many schedules;
// PAIPA_FLOWS=<n> says how many there are (2000).

namespace model {
namespace {

/// The flows of a run of the test: on threads each once, in the simulation in other schedules.
const std::uint64_t flows = number_in("PAIPA_FLOWS", 2000);
constexpr std::uint64_t schedules_of_a_seed = 200;

template <class Pipeline>
void feed_it(Pipeline& p, const flow_plan& f) {
    auto meta = f.metas.begin();
    for (std::size_t i = 0; i <= f.inputs; ++i) {
        for (; meta != f.metas.end() && *meta == i; ++meta) {
            p.put_meta(i);
        }
        if (i < f.inputs) {
            p.put(token{mix(i), i});
        }
    }
}

pack inputs_of(const flow_plan& f) {
    pack all;
    for (std::size_t i = 0; i < f.inputs; ++i) {
        all.push_back({mix(i), i});
    }
    return all;
}

template <class Pipeline>
void read_it(Pipeline& p, evidence& seen) {
    if constexpr (requires { p.results(); }) {
        read_to_the_end(p, [&seen](token t) { seen.out.push_back(t); });
    } else {
        p.stop();
    }
}

/// Closes the input, whatever it is, and waits for the end.
template <class Pipeline>
void run_it(Pipeline& p, const flow_plan& f, evidence& seen, paipa::queue<token>* queue) {
    switch (f.how) {
        case feed::put_before:
            feed_it(p, f);
            p.finish();
            break;
        case feed::iterable:
            p.put_iterable(inputs_of(f));
            break;
        case feed::queue:
            for (const token& t : inputs_of(f)) {
                queue->push(t);
            }
            queue->close();
            break;
        case feed::put_while:
            break;
    }
    if (f.how == feed::put_while && !f.results) {
        p.start();
        feed_it(p, f);
    } else if (f.how == feed::put_while) {
        feed_it(p, f);  // nobody reads meanwhile: before the run, in one go
        p.finish();
        p.start();
    } else {
        p.start();
    }
    read_it(p, seen);
}

template <class Pipeline, class Flow>
void with_pipeline(const Flow& flow, const flow_plan& f, evidence& seen, paipa::runtime* rt) {
    auto queue = std::make_shared<paipa::queue<token>>(f.inputs + 1, rt);
    paipa::pipeline_options options{.quiet = true, .capacity = f.capacity, .runtime = rt};
    const auto go = [&](Pipeline& p) {
        try {
            run_it(p, f, seen, queue.get());
        } catch (const refused&) {
            seen.threw = true;
        } catch (const paipa::closed_error&) {
            seen.closed = true;  // an early end, or a failure, while items were put
            try {
                p.stop();
            } catch (const refused&) {
                seen.threw = true;
            }
        }
        seen.books = p.report();
        seen.letters = p.dead_letters();
    };
    if (f.how == feed::queue) {
        Pipeline p{flow, queue, options};
        go(p);
    } else {
        Pipeline p{flow, options};
        go(p);
    }
}

evidence run(const flow_plan& f, paipa::runtime* rt) {
    evidence seen(f.steps.size());
    with_flow(f, seen, [&](const auto& flow) {
        if (f.results) {
            with_pipeline<paipa::pipeline<token, token>>(flow, f, seen, rt);
        } else {
            with_pipeline<paipa::pipeline<token>>(flow, f, seen, rt);
        }
    });
    return seen;
}

/// The same flow on this thread.
evidence combined(const flow_plan& f) {
    evidence seen(f.steps.size());
    with_flow(f, seen, [&](const auto& flow) {
        auto chain = paipa::combine(inputs_of(f), flow);
        try {
            for (const token t : chain) {
                seen.out.push_back(t);
            }
        } catch (const refused&) {
            seen.threw = true;
        }
        seen.books = chain.report();
        seen.letters = chain.dead_letters();
    });
    return seen;
}

/// One worker per step, fed from a range whose end is in sight.
flow_plan one_worker_each(flow_plan f) {
    f.how = feed::iterable;
    f.metas.clear();
    f.results = true;
    for (step_plan& s : f.steps) {
        s.threads = 1;
        s.delay = {};
    }
    // Behind an early end threads may have run ahead to an item that fails the run, which a chain
    // never reaches. Such an item is dropped here. The other tests have runs that fail so.
    const bool ends_early = std::any_of(f.steps.begin(), f.steps.end(),
                                        [](const step_plan& s) { return s.what == kind::take; });
    for (step_plan& s : f.steps) {
        for (paipa::failure_action* const action : {&s.on_failure, &s.on_lost}) {
            if (ends_early && *action == paipa::failure_action::fail) {
                *action = paipa::failure_action::drop;
            }
        }
    }
    return f;
}

/// Empty, or what differs between two runs that nothing stopped.
std::string difference(const evidence& a, const evidence& b) {
    std::string text;
    for (std::size_t n = 0; n < a.books.steps.size() && !a.threw; ++n) {
        const paipa::step_report& x = a.books.steps[n];
        const paipa::step_report& y = b.books.steps[n];
        const bool early = a.books.state == paipa::run_state::ended_early;
        if (!early && (x.name != y.name || x.received != y.received || x.finished != y.finished ||
                       x.skipped != y.skipped || x.dead != y.dead || x.dropped != y.dropped ||
                       x.emitted != y.emitted || x.retries != y.retries)) {
            text += "other books of " + x.name + "\n" + a.books.text() + b.books.text();
        }
    }
    if (a.threw != b.threw || a.books.state != b.books.state) {
        text += "another end\n" + a.books.text() + b.books.text();
    }
    return text;
}

std::string inline_and_on_threads(std::uint64_t seed) {
    const flow_plan f = one_worker_each(draw_flow(seed));
    const evidence here = combined(f);
    const evidence there = run(f, nullptr);
    return verdict(f, here) + verdict(f, there) + difference(here, there) +
           other_sequence(f, here, there);
}

std::string on_threads(std::uint64_t seed) {
    const flow_plan f = draw_flow(seed);
    return verdict(f, run(f, nullptr));
}

std::string simulated(std::uint64_t seed, std::uint64_t schedule) {
    const flow_plan f = draw_flow(seed);
    paipa::testing::simulation sim(schedule);
    evidence seen(0);
    try {
        sim.run([&] { seen = run(f, &sim); });
    } catch (const paipa::testing::stalled_error& e) {
        std::fprintf(stderr, "%s\n%s, schedule %ju\n", e.what(), f.text().c_str(),
                     static_cast<std::uintmax_t>(schedule));
        std::abort();  // the stalled fibers cannot be undone
    }
    return verdict(f, seen);
}

std::uint64_t asked_for() {
    return number_in("PAIPA_SEED", 0);
}

TEST(model, random_flows_do_on_threads_what_they_do_in_sequence) {
    if (const auto seed = asked_for(); seed != 0) {
        for (std::uint64_t n = 0; n < schedules_of_a_seed; ++n) {
            ASSERT_EQ(on_threads(seed), "");
        }
        return;
    }
    for (std::uint64_t seed = 1; seed <= flows; seed += 4) {
        ASSERT_EQ(on_threads(seed), "");
    }
}

TEST(model, random_flows_do_in_any_schedule_what_they_do_in_sequence) {
    if (const auto seed = asked_for(); seed != 0) {
        for (std::uint64_t n = 1; n <= schedules_of_a_seed; ++n) {
            ASSERT_EQ(simulated(seed, n), "") << "schedule " << n;
        }
        return;
    }
    for (std::uint64_t seed = 1; seed <= flows; ++seed) {
        ASSERT_EQ(simulated(seed, seed), "");
    }
}

TEST(model, random_flows_do_on_the_callers_thread_what_they_do_on_one_worker_each) {
    if (const auto seed = asked_for(); seed != 0) {
        ASSERT_EQ(inline_and_on_threads(seed), "");
        return;
    }
    for (std::uint64_t seed = 1; seed <= flows; ++seed) {
        ASSERT_EQ(inline_and_on_threads(seed), "") << "seed " << seed;
    }
}

}  // namespace
}  // namespace model
