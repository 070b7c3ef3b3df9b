#include "plan.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <sstream>
#include <string>

namespace model {
namespace {

class dice {
public:
    explicit dice(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return random_() % n; }

    bool one_in(std::size_t n) { return below(n) == 0; }

private:
    std::mt19937_64 random_;
};

step_plan draw_step(dice& d, bool chunk) {
    constexpr std::array capacities = {std::size_t{1}, std::size_t{2},  std::size_t{3},
                                       std::size_t{8}, std::size_t{64}, paipa::default_capacity};
    step_plan s;
    s.what =
        chunk ? kind::chunk : static_cast<kind>(d.below(static_cast<std::size_t>(kind::chunk)));
    if (s.what == kind::take && !d.one_in(2)) {
        s.what = kind::value;  // early ends hide the rest: not too many
    }
    s.salt = mix(d.below(1U << 30U));
    s.threads = 1 + d.below(4);
    s.capacity = capacities[d.below(capacities.size())];
    s.size = 1 + d.below(s.what == kind::take ? 30 : 5);
    const bool per_item = s.what != kind::pull && s.what != kind::take && !chunk;
    if (s.what == kind::take) {
        s.threads = 1;
    }
    if (per_item) {
        s.ordered = d.one_in(3);
        s.faulty = s.what != kind::identity && d.one_in(2);
        s.attempts = 1 + static_cast<unsigned>(d.below(3));
        s.delay = d.one_in(3) ? std::chrono::microseconds{1 + d.below(500)} : paipa::duration{};
        s.on_failure = d.one_in(12)  ? paipa::failure_action::fail
                       : d.one_in(2) ? paipa::failure_action::drop
                                     : paipa::failure_action::dead_letter;
        s.policies = d.one_in(2);
        s.on_lost = s.policies && d.one_in(2) ? paipa::failure_action::drop : s.on_failure;
        s.budget = s.policies && s.attempts > 1 && d.one_in(2) ? 0.1 : 0;
    }
    return s;
}

}  // namespace

flow_plan draw_flow(std::uint64_t seed) {
    dice d(mix(seed));
    flow_plan f;
    f.seed = seed;
    f.inputs = d.below(60);
    f.how = static_cast<feed>(d.below(4));
    f.shape = d.below(shapes.size());
    f.capacity = 1 + d.below(8);
    f.results = !d.one_in(4);
    for (const char c : shapes[f.shape]) {
        f.steps.push_back(draw_step(d, c == 'c'));
    }
    if (f.how == feed::put_before || f.how == feed::put_while) {
        for (std::size_t n = d.below(4); n > 0; --n) {
            f.metas.push_back(d.below(f.inputs + 1));
        }
        std::sort(f.metas.begin(), f.metas.end());
    }
    return f;
}

std::string flow_plan::text() const {
    std::ostringstream out;
    out << "PAIPA_SEED=" << seed << ": " << inputs << " inputs, fed " << static_cast<int>(how)
        << ", metas " << metas.size() << ", results " << results << ", shape " << shapes[shape];
    for (const step_plan& s : steps) {
        out << "\n  kind " << static_cast<int>(s.what) << ", threads " << s.threads << ", capacity "
            << s.capacity << ", attempts " << s.attempts << ", on failure "
            << static_cast<int>(s.on_failure) << ", ordered " << s.ordered << ", faulty "
            << s.faulty << ", policies " << s.policies << ", size " << s.size;
    }
    return out.str();
}

}  // namespace model
