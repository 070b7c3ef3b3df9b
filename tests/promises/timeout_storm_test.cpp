#include "../number_in.hpp"
#include "support.hpp"
#include "virtual_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

// `.item_timeout` in random steps: each try notes what it did and when, and what comes out of the
// run must follow from these notes. PAIPA_TIMEOUTS says how many runs there are.

namespace {

using namespace promises;
using paipa::failure_action;

constexpr paipa::duration limit = 5s;

enum class way { returns, throws, skips, gives_up, comes_later, gives_back };

struct try_note {
    int number = 0;  // of the item's tries, from 1
    way how = way::returns;
    paipa::duration start{};
    std::optional<paipa::duration> end{};
    std::optional<paipa::duration> requested{};  // its token

    [[nodiscard]] paipa::duration took() const { return *end - start; }

    [[nodiscard]] bool late() const { return took() >= limit; }

    [[nodiscard]] bool succeeded() const { return end && !late() && how == way::returns; }

    [[nodiscard]] bool given_back() const { return end && !late() && how == way::gives_back; }
};

/// Has the books at the end of the run, also behind the pipeline's destructor.
struct last_report final : paipa::tracker {
    void run_ended(const paipa::report& r) override { books = r; }

    paipa::report books;
};

/// One random run, and the notes of its tries. Fibers share one thread.
class storm {
public:
    storm(std::uint64_t seed, paipa::testing::simulation& s) : sim(s), random_(seed) {
        kind = draw(5);
        options.threads = 1 + draw(4);
        options.capacity = 1 + draw(8);
        options.ordered = draw(2) == 0;
        options.retry.attempts = 1 + static_cast<unsigned>(draw(3));
        options.retry.delay = draw(2) * 1s;
        options.item_timeout = limit;
        const failure_action actions[] = {failure_action::drop, failure_action::dead_letter,
                                          failure_action::dead_letter, failure_action::fail};
        action = actions[draw(4)];
        options.on_failure = action;
        if (draw(4) == 0) {
            options.outputs = paipa::outputs::at_once;
        }
        end = draw(3) == 0 ? 1 + draw(4) : 0;
    }

    std::uint64_t draw(std::uint64_t below) { return random_() % below; }

    try_note& begin(int item) {
        auto& of_item = tries[item];
        try_note& note = of_item.emplace_back();
        note.number = static_cast<int>(of_item.size());
        note.start = sim.elapsed();
        const std::uint64_t d = draw(12);
        note.how = d < 6 || note.number > 6 ? way::returns : static_cast<way>(d - 6);
        if (note.how == way::gives_back && kind != 0) {
            note.how = way::throws;
        }
        return note;
    }

    paipa::duration some_time() {
        const paipa::duration times[] = {0s, 1s, 3s, limit - 1ns, limit, 6s, 9s};
        return times[draw(7)];
    }

    /// The end of a call, but for what it returns.
    void finish(try_note& note) {
        note.end = sim.elapsed();
        switch (note.how) {
            case way::throws:
                throw std::runtime_error("no");
            case way::skips:
                throw paipa::skip_entry{};
            case way::gives_up:
                throw paipa::give_up("enough");
            case way::comes_later:
                throw paipa::retry_after{1s};
            default:
                break;
        }
    }

    /// A whole call of a function. Returns its output.
    int call(int item) {
        try_note& note = begin(item);
        sim.sleep_for(some_time());
        finish(note);
        return output(item, note);
    }

    [[nodiscard]] static int output(int item, const try_note& note) {
        return item * 100 + note.number;
    }

    paipa::testing::simulation& sim;
    paipa::step_options options;
    failure_action action = failure_action::fail;
    std::uint64_t kind = 0;
    std::uint64_t end = 0;                      // 0: that of the items
    std::map<int, std::deque<try_note>> tries;  // by item
    std::vector<int> results;

private:
    std::mt19937_64 random_;
};

struct subject final : paipa::abstract_step<const int&, int, void> {
    explicit subject(storm* s) : all(s) {}

    void process(const int& item) override {
        try_note& note = all->begin(item);
        if (note.how == way::gives_back) {
            self().requeue(item);
        }
        const std::stop_callback heard(self().stop_token(),
                                       [this, &note] { note.requested = all->sim.elapsed(); });
        const paipa::duration time = all->some_time();
        if (all->draw(2) == 0) {
            emit(storm::output(item, note));
            wait(time);
        } else {
            wait(time);
            emit(storm::output(item, note));
        }
        all->finish(note);
    }

    void wait(paipa::duration time) {
        if (all->draw(2) == 0) {
            self().sleep_for(time);
        } else {
            all->sim.sleep_for(time);
        }
    }

    storm* all;
};

paipa::generator<int> generate(storm* s, int item) {
    try_note& note = s->begin(item);
    const int output = storm::output(item, note);
    co_yield output;
    s->sim.sleep_for(s->some_time());
    s->finish(note);
}

/// Calls `use` with the flow that has been drawn.
template <class F>
void with_flow(storm& s, F use) {
    const auto out = paipa::step("out",
                                 [&s](int x) {
                                     s.sim.sleep_for(s.draw(2) * 1s);
                                     s.results.push_back(x);
                                 },
                                 {.capacity = 1 + s.draw(3)});
    const auto function = [&s](const int& x) { return s.call(x); };
    const auto generator = [&s](const int& x) { return generate(&s, x); };
    const auto slow = [&s](int x) {
        s.sim.sleep_for(6s);
        return x;
    };
    switch (s.kind) {
        case 0:
            use(paipa::step<subject>("a", s.options, &s) | out);
            break;
        case 1:
            use(paipa::step("a", function, s.options) | out);
            break;
        case 2:
            use(paipa::step("a", generator, s.options) | out);
            break;
        case 3:
            use(paipa::fuse(paipa::step("a", function, s.options), paipa::step("b", slow)) | out);
            break;
        default:
            use(paipa::fuse(paipa::step("a", generator, s.options), paipa::step("b", slow)) | out);
    }
}

template <class Pipeline>
void drive(storm& s, Pipeline& p) {
    p.put_iterable(numbers(0, 1 + static_cast<int>(s.draw(12))));
    p.start();
    if (s.end > 0) {
        s.sim.sleep_for(s.draw(20) * 1s);
    }
    try {
        switch (s.end) {
            case 1:
                p.cancel();
                break;
            case 2:
                p.drain(s.draw(10) * 1s);
                break;
            case 3:
                return;  // the destructor
            default:
                break;
        }
        p.finish();
        p.stop();
    } catch (const std::exception&) {
        EXPECT_TRUE(s.action == failure_action::fail);
    }
}

/// What has left are the outputs of tries that succeeded, each once, unless they leave at once.
void check_outputs(const storm& s, bool whole) {
    const bool at_once = s.options.outputs == paipa::outputs::at_once;
    std::map<int, int> left;
    std::vector<int>
        in_turn;  // the items of all outputs but those of a call that gave its item back
    for (const int x : s.results) {
        ++left[x];
        const auto number = static_cast<std::size_t>(x % 100);
        if (s.tries.at(x / 100).at(number - 1).succeeded()) {
            in_turn.push_back(x / 100);
        }
    }
    for (const auto& [item, notes] : s.tries) {
        for (const try_note& note : notes) {
            const int times = left[storm::output(item, note)];
            left.erase(storm::output(item, note));
            const bool due = note.succeeded();
            const bool given = note.given_back();
            EXPECT_LE(times, due || given || at_once ? 1 : 0) << item << " try " << note.number;
            if (whole && (due || given)) {
                EXPECT_EQ(times, 1) << item << " try " << note.number;
            }
        }
    }
    EXPECT_TRUE(left.empty());
    if (s.options.ordered) {
        EXPECT_TRUE(std::is_sorted(in_turn.begin(), in_turn.end()));
    }
}

void check_tokens(const storm& s, bool whole) {
    for (const auto& [item, notes] : s.tries) {
        for (const try_note& note : notes) {
            const paipa::duration deadline = note.start + limit;
            if (note.requested) {
                EXPECT_LE(*note.requested, deadline);
                EXPECT_TRUE(!whole || *note.requested == deadline);
            } else if (s.kind == 0 && note.end) {
                EXPECT_LE(*note.end, deadline);
            }
        }
    }
}

/// Of a run that has come to the end of its items.
void check_counts(const storm& s, const paipa::report& r) {
    std::uint64_t given_back = 0;
    std::uint64_t all = 0;
    std::uint64_t failed = 0;
    std::uint64_t skipped = 0;
    for (const auto& [item, notes] : s.tries) {
        all += notes.size();
        for (const try_note& note : notes) {
            given_back += note.given_back() ? 1U : 0U;
        }
        const try_note& last = notes.back();
        EXPECT_FALSE(last.given_back());
        const bool skips = !last.late() && last.how == way::skips;
        skipped += skips ? 1U : 0U;
        failed += skips || last.succeeded() ? 0U : 1U;
    }
    const paipa::step_report& a = r.steps[0];
    EXPECT_EQ(a.received, s.tries.size());
    EXPECT_EQ(a.retries, all - s.tries.size() - given_back);
    EXPECT_EQ(a.skipped, skipped);
    EXPECT_EQ(a.dead, s.action == failure_action::dead_letter ? failed : 0U);
    EXPECT_EQ(a.dropped, s.action == failure_action::drop ? failed : 0U);
}

void run_storm(std::uint64_t seed) {
    paipa::testing::simulation sim(seed);
    storm s(seed, sim);
    paipa::report books;
    sim.run([&] {
        with_flow(s, [&](const auto& flow) {
            auto tracker = std::make_shared<last_report>();
            {
                paipa::pipeline p{flow, {.quiet = true, .tracker = tracker, .runtime = &sim}};
                drive(s, p);
            }
            books = tracker->books;
        });
    });
    EXPECT_TRUE(books.balanced()) << books;
    for (const paipa::step_report& step : books.steps) {
        EXPECT_EQ(step.inside, 0U) << books;
    }
    const bool whole = books.state == paipa::run_state::finished;
    EXPECT_TRUE(whole || s.end != 0 || s.action == failure_action::fail) << books;
    check_outputs(s, whole);
    check_tokens(s, whole);
    if (whole) {
        check_counts(s, books);
    }
}

TEST(timeout_storm, leaves_no_output_of_a_late_try_and_books_that_balance) {
    paipa::set_log_hook([](paipa::log_level, std::string_view) {});
    const std::uint64_t first = number_in("PAIPA_TIMEOUTS_FROM", 1);
    const std::uint64_t runs = number_in("PAIPA_TIMEOUTS", 200);
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        run_storm(seed);
        if (HasFailure()) {
            break;
        }
    }
    paipa::set_log_hook({});
}

}  // namespace
