#include "shape.hpp"

#include <algorithm>
#include <random>
#include <string_view>

namespace model {
namespace {

using numbers = std::mt19937;

std::size_t below(numbers& random, std::size_t n) {
    return random() % n;
}

bool one_in(numbers& random, std::size_t n) {
    return below(random, n) == 0;
}

std::string_view name_of(deed d) {
    switch (d) {
        case deed::pass:
            return "pass";
        case deed::skip:
            return "skip";
        case deed::retry:
            return "retry";
        case deed::fail:
            return "fail";
        case deed::leave:
            return "leave";
        case deed::route:
            return "route";
        default:
            return "broadcast";
    }
}

void put_entries(shape& s, numbers& random) {
    for (int n = 0; n <= s.items; ++n) {
        if (one_in(random, 7)) {
            s.entries.push_back(n);
        }
    }
}

shape_step sink(numbers& random, const shape& s, mishaps may) {
    shape_step last{.capacity = 1 + below(random, 40)};
    if (may.sink_leaves) {
        last.does = deed::leave;
        last.number = static_cast<int>(below(random, static_cast<std::size_t>(s.items)));
    }
    return last;
}

/// Ways whose target has not been written yet.
using open_ways = std::vector<std::size_t*>;

/// Writes a shape down step by step.
class writer {
public:
    writer(shape& s, numbers& random, mishaps may) : shape_(s), random_(random), may_(may) {}

    /// Some parts in a row, to which the ways `front` lead. Returns the ways that come out of it.
    open_ways row(open_ways front, std::size_t depth) {
        const std::size_t parts = depth == 0 ? 1 + below(random_, 3) : below(random_, 4 - depth);
        for (std::size_t i = 0; i < parts; ++i) {
            front = depth < 2 && one_in(random_, 2) ? fork(front, depth) : step(front);
        }
        return front;
    }

    /// The sink comes last: all ways lead to it.
    void finish(const open_ways& front) {
        lead(front);
        shape_.steps.push_back(sink(random_, shape_, may_));
    }

private:
    void lead(const open_ways& ways) {
        for (std::size_t* const w : ways) {
            *w = shape_.steps.size();
        }
    }

    open_ways step(const open_ways& front) {
        lead(front);
        shape_step s{.threads = 1 + below(random_, 3),
                     .ordered = one_in(random_, 2),
                     .capacity = 1 + below(random_, 4)};
        const std::size_t kind = below(random_, 8);
        if (kind < 2) {
            s.does = deed::retry;
        } else if (kind == 2) {
            s.does = deed::skip;
        } else if (kind == 3 && may_.failures) {
            s.does = deed::fail;
            s.number = static_cast<int>(below(random_, static_cast<std::size_t>(shape_.items)));
        } else if (kind == 3 && may_.branches_leave) {
            s = {.does = deed::leave, .capacity = s.capacity};
            s.number = static_cast<int>(below(random_, static_cast<std::size_t>(shape_.items)));
        }
        s.to.resize(1);
        shape_.steps.push_back(std::move(s));
        return {&shape_.steps.back().to[0]};
    }

    open_ways fork(const open_ways& front, std::size_t depth) {
        lead(front);
        const std::size_t branches = 2 + below(random_, 2);
        const bool copies = broadcasts_ < most_broadcasts && one_in(random_, 2);
        broadcasts_ += copies ? 1 : 0;
        shape_step f{.does = copies ? deed::broadcast : deed::route,
                     .capacity = 1 + below(random_, 4)};
        f.to.resize(branches);
        open_ways ways;
        for (std::size_t& way : f.to) {
            ways.push_back(&way);
        }
        shape_.steps.push_back(std::move(f));  // the ways stay where they are
        open_ways behind;
        for (std::size_t* const way : ways) {
            for (std::size_t* const out : row({way}, depth + 1)) {
                behind.push_back(out);
            }
        }
        return behind;
    }

    /// Each multiplies the items.
    static constexpr int most_broadcasts = 3;

    shape& shape_;
    numbers& random_;
    const mishaps may_;
    int broadcasts_ = 0;
};

}  // namespace

std::string shape::text() const {
    std::string t = std::to_string(items) + " items\n";
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const shape_step& s = steps[i];
        t += "  " + std::to_string(i) + " " + std::string(name_of(s.does)) + " x" +
             std::to_string(s.threads) + (s.ordered ? " ordered" : "") + ", capacity " +
             std::to_string(s.capacity) + ", number " + std::to_string(s.number) + " ->";
        for (const std::size_t to : s.to) {
            t += " " + std::to_string(to);
        }
        t += "\n";
    }
    return t;
}

shape diamond(unsigned seed, bool broadcast, mishaps may) {
    numbers random(seed);
    shape s{.is_diamond = true};
    put_entries(s, random);
    s.steps = {{.does = broadcast ? deed::broadcast : deed::route,
                .capacity = 1 + below(random, 4),
                .to = {1, 2}},
               {.does = deed::retry,
                .threads = 1 + below(random, 2),
                .ordered = one_in(random, 2),
                .capacity = 1 + below(random, 4),
                .to = {3}},
               {.threads = 1 + below(random, 3),
                .ordered = true,
                .capacity = 1 + below(random, 4),
                .to = {3}},
               sink(random, s, may)};
    if (may.failures) {
        s.steps[1].does = deed::fail;
        s.steps[1].number = static_cast<int>(below(random, static_cast<std::size_t>(s.items)));
    }
    if (may.branches_leave) {
        s.steps[1] = {.does = deed::leave, .capacity = s.steps[1].capacity, .to = {3}};
        s.steps[1].number = static_cast<int>(below(random, static_cast<std::size_t>(s.items)));
    }
    return s;
}

shape random_shape(unsigned seed, mishaps may) {
    numbers random(seed);
    shape s{.items = 20};
    s.steps.reserve(200);  // ways are known by their address until the shape is whole
    put_entries(s, random);
    writer w(s, random, may);
    w.finish(w.row({}, 0));
    return s;
}

}  // namespace model
