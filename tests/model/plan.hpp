#ifndef PAIPA_TESTS_MODEL_PLAN_HPP
#define PAIPA_TESTS_MODEL_PLAN_HPP
#include <paipa/options.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// A random flow as plain data: what the pipeline is built from, and what the model reads.

namespace model {

/// What flows: a key that each step changes, and the number of the input it comes from.
struct token {
    std::uint64_t key = 0;
    std::uint64_t index = 0;

    friend bool operator==(const token&, const token&) = default;
    friend auto operator<=>(const token&, const token&) = default;
};

inline std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

enum class kind {
    value,      // a function that returns one
    optional,   // or none
    generator,  // or up to three, one by one
    emitter,    // a class step that emits up to two, and one more in each shutdown hook
    pull,       // an iter step that changes every item
    take,       // an iter step that returns after so many
    map,
    filter,
    flat_map,
    identity,
    chunk  // and flatten behind it
};

/// One step. Every choice it makes about a token is drawn from the token's key and its salt.
struct step_plan {
    kind what = kind::value;
    std::uint64_t salt = 0;
    std::size_t threads = 1;
    std::size_t capacity = paipa::default_capacity;
    unsigned attempts = 1;
    paipa::duration delay{};
    paipa::failure_action on_failure = paipa::failure_action::fail;
    bool ordered = false;
    bool faulty = false;
    bool policies = false;  // by kind of error
    paipa::failure_action on_lost = paipa::failure_action::fail;
    double budget = 0;     // 0: none
    std::size_t size = 1;  // of a chunk, or of what is taken

    [[nodiscard]] std::uint64_t draw(const token& t, std::uint64_t about) const {
        return mix(t.key ^ mix(salt + about));
    }

    /// So many attempts fail, of a token that arrives.
    [[nodiscard]] unsigned failures(const token& t) const {
        const auto d = faulty ? draw(t, 1) % 16 : 15;
        return d == 0 ? ~0U : d == 1 ? 1 : d == 2 ? 2 : 0;
    }

    /// So many times its step asks for it to come back later, before anything else.
    [[nodiscard]] unsigned waits(const token& t) const {
        const auto d = faulty && policies ? draw(t, 20) % 32 : 31;
        return d < 2 ? static_cast<unsigned>(d) + 1 : 0;
    }

    /// Its failures are not worth a retry: by the filter of errors, or as its step says.
    [[nodiscard]] bool is_lost(const token& t) const { return policies && draw(t, 21) % 4 == 0; }

    [[nodiscard]] bool gives_up(const token& t) const { return policies && draw(t, 21) % 4 == 1; }

    [[nodiscard]] bool ends_at_once(const token& t) const {
        return failures(t) > 0 && (is_lost(t) || gives_up(t));
    }

    /// What happens to a token that has failed for good.
    [[nodiscard]] paipa::failure_action action(const token& t) const {
        return is_lost(t) ? on_lost : on_failure;
    }

    /// What becomes of a token.
    [[nodiscard]] token child(const token& t, std::uint64_t n) const {
        return {draw(t, 2 + n), t.index};
    }

    [[nodiscard]] bool skips(const token& t) const { return draw(t, 10) % 5 == 0; }

    [[nodiscard]] std::uint64_t fan_out(const token& t, std::uint64_t most) const {
        return draw(t, 11) % (most + 1);
    }

    /// What a shutdown hook emits.
    [[nodiscard]] token farewell(std::uint64_t who) const { return {mix(salt + 100 + who), ~0U}; }
};

enum class feed { put_before, put_while, iterable, queue };

struct flow_plan {
    std::uint64_t seed = 0;
    std::size_t inputs = 0;
    std::vector<std::size_t> metas;  // so many inputs before each
    feed how = feed::put_before;
    std::size_t shape = 0;
    std::size_t capacity = 1;  // of the results
    bool results = true;       // read; else dropped behind the last step
    std::vector<step_plan> steps;

    [[nodiscard]] std::string text() const;
};

/// Shapes a flow may have: `s` is a step, `c` a chunk with its flatten.
inline const std::vector<std::string> shapes = {"ss", "sss", "ssss", "sssss", "ssssss",
                                                "cs", "sc",  "scs",  "csc",   "sscs"};

flow_plan draw_flow(std::uint64_t seed);

}  // namespace model
#endif
