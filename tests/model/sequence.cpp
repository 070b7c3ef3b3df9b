#include "sequence.hpp"

#include "oracle.hpp"
#include "world.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace model {
namespace {

using entry = diary::entry;
using type = entry::type;

struct event {
    std::size_t step;
    type what;
    std::uint64_t index;

    friend bool operator==(const event&, const event&) = default;
    friend auto operator<=>(const event&, const event&) = default;
};

using events = std::vector<event>;

/// The entries of one step that `wanted` wants.
template <class Wanted>
events of_step(const evidence& run, std::size_t step, Wanted wanted) {
    events all;
    for (const entry& e : run.diaries[step]->entries()) {
        if (wanted(e)) {
            all.push_back({step, e.what, e.index});
        }
    }
    return all;
}

events sorted(events all) {
    std::sort(all.begin(), all.end());
    return all;
}

/// Those of all steps, in the order in which they came.
template <class Wanted>
events of_all(const evidence& run, Wanted wanted) {
    struct timed {
        std::uint64_t moment;
        event what;
    };

    std::vector<timed> found;
    for (std::size_t step = 0; step < run.diaries.size(); ++step) {
        for (const entry& e : run.diaries[step]->entries()) {
            if (wanted(e)) {
                found.push_back({e.moment, {step, e.what, e.index}});
            }
        }
    }
    std::sort(found.begin(), found.end(),
              [](const timed& a, const timed& b) { return a.moment < b.moment; });
    events all;
    for (const timed& t : found) {
        all.push_back(t.what);
    }
    return all;
}

bool is_begun_together(const entry& e) {
    return e.what == type::step_initialize || e.what == type::initialize;
}

bool is_begun(const entry& e) {
    return is_begun_together(e) || e.what == type::thread_initialize;
}

bool is_ended(const entry& e) {
    return e.what == type::thread_shutdown || e.what == type::step_shutdown;
}

/// No worker starts before every step is initialised.
bool begins_in_order(const evidence& run) {
    const events all = of_all(run, is_begun);
    return std::is_partitioned(all.begin(), all.end(),
                               [](const event& e) { return e.what != type::thread_initialize; });
}

/// Compares step by step, behind the last early end: what arrives in front of it depends on who
/// runs ahead.
class comparison {
public:
    comparison(const flow_plan& f, const evidence& here, const evidence& there)
        : f_(f), here_(here), there_(there) {
        for (std::size_t n = 0; n < f.steps.size(); ++n) {
            if (f.steps[n].what == kind::take) {
                first_exact_ = n + 1;
            }
        }
    }

    std::string text() {
        hooks();
        for (std::size_t n = 0; n < f_.steps.size(); ++n) {
            step(n);
        }
        return text_;
    }

private:
    void equal(const events& a, const events& b, const std::string& what) {
        if (a != b) {
            text_ += "another sequence of " + what + "\n";
        }
    }

    void hooks() {
        equal(of_all(here_, is_begun_together), of_all(there_, is_begun_together),
              "hooks at the start");
        if (!begins_in_order(here_) || !begins_in_order(there_)) {
            text_ += "a worker started before all steps were initialised\n";
        }
        if (!here_.threw && first_exact_ == 0) {
            equal(of_all(here_, is_ended), of_all(there_, is_ended), "hooks at the end");
        }
    }

    void step(std::size_t n) {
        const std::string name = "step " + std::to_string(n);
        const step_plan& s = f_.steps[n];
        if (here_.threw || n < first_exact_ || !same_items_) {
            const auto hook = [](const entry& e) { return e.is_hook(); };
            equal(of_step(here_, n, hook), of_step(there_, n, hook), "hooks of " + name);
        } else {
            hooks_and_items(n, name, (s.attempts == 1 && !s.policies) || !s.faulty);
        }
        same_items_ = same_items_ && (s.what != kind::take || in_order_);
        in_order_ = in_order_ && keeps_order(s);
    }

    /// When a retry comes depends on who runs ahead.
    void hooks_and_items(std::size_t n, const std::string& name, bool without_retries) {
        const auto any = [](const entry&) { return true; };
        const events here = of_step(here_, n, any);
        const events there = of_step(there_, n, any);
        if (in_order_ && without_retries) {
            equal(here, there, "hooks and items of " + name);
        } else {
            equal(sorted(here), sorted(there), "hooks and items, in whatever order, of " + name);
        }
    }

    const flow_plan& f_;
    const evidence& here_;
    const evidence& there_;
    std::string text_;
    bool in_order_ = true;    // items reach the step in the order of the input
    bool same_items_ = true;  // no early end has chosen among them
    std::size_t first_exact_ = 0;
};

}  // namespace

std::string other_sequence(const flow_plan& f, const evidence& here, const evidence& there) {
    const std::string text = comparison(f, here, there).text();
    return text.empty() ? text : f.text() + "\n" + text + here.books.text() + there.books.text();
}

}  // namespace model
