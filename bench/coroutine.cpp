// What does a lazy step cost? w6: iota, filter, map, filter, sum; w6c: the same with chunk(1024)
// and flatten. debugger: what does the runtime debugger add to steps that do nothing?

#include <paipa/paipa.hpp>

#include "measure.hpp"
#include "plain_generator.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <range/v3/view/chunk.hpp>
#include <range/v3/view/filter.hpp>
#include <range/v3/view/iota.hpp>
#include <range/v3/view/join.hpp>
#include <range/v3/view/transform.hpp>
#include <ranges>
#include <span>
#include <string>
#include <vector>

namespace bench {

namespace {

using number = std::uint64_t;

constexpr auto even = [](number n) { return n % 2 == 0; };
constexpr auto triple = [](number n) { return n * 3; };
constexpr auto wanted = [](number n) { return (n & 4) == 0; };
constexpr std::size_t chunk_size = 1024;

number sum_of(auto&& range) {
    number sum = 0;
    for (const number n : range) {
        sum += n;
    }
    return sum;
}

number sum_of_consumed(auto&& chain) {
    number sum = 0;
    paipa::consume(chain, [&sum](number n) { sum += n; });
    return sum;
}

auto source(number items) {
    return std::views::iota(number{0}, items);
}

// w6
number loop_from(number first, number items) {
    number sum = 0;
    for (number n = first; n < items; ++n) {
        if (even(n) && wanted(triple(n))) {
            sum += triple(n);
        }
    }
    return sum;
}

number loop(number items) {
    return loop_from(0, items);
}

// Knows as little as a chain does: where a loop is known to start at zero, clang 19 leaves out the
// test of every second number.
volatile number somewhere = 0;

number loop_from_somewhere(number items) {
    return loop_from(somewhere, items);
}

number std_views(number items) {
    return sum_of(source(items) | std::views::filter(even) | std::views::transform(triple) |
                  std::views::filter(wanted));
}

auto range_v3_chain(number items) {
    return ranges::views::iota(number{0}, items) | ranges::views::filter(even) |
           ranges::views::transform(triple) | ranges::views::filter(wanted);
}

number range_v3(number items) {
    return sum_of(range_v3_chain(items));
}

template <class Generator>
Generator filter_even(Generator in) {
    for (const number n : in) {
        if (even(n)) {
            co_yield n;
        }
    }
}

template <class Generator>
Generator map_triple(Generator in) {
    for (const number n : in) {
        co_yield triple(n);
    }
}

template <class Generator>
Generator filter_wanted(Generator in) {
    for (const number n : in) {
        if (wanted(n)) {
            co_yield n;
        }
    }
}

plain_generator<number> plain_source(number items) {
    for (number n = 0; n < items; ++n) {
        co_yield n;
    }
}

number plain_generators(number items) {
    return sum_of(filter_wanted(map_triple(filter_even(plain_source(items)))));
}

auto stock_chain(number items) {
    return paipa::combine(source(items), paipa::filter(even), paipa::map(triple),
                          paipa::filter(wanted));
}

number stock(number items) {
    return sum_of(stock_chain(items));
}

number consumed(number items) {
    return sum_of_consumed(stock_chain(items));
}

number generators(number items) {
    using generator = paipa::generator<number>;
    return sum_of(paipa::combine(source(items), filter_even<generator>, map_triple<generator>,
                                 filter_wanted<generator>));
}

number steps(number items) {
    return sum_of(paipa::combine(source(items), paipa::step("even", paipa::filter(even)),
                                 paipa::step("triple", triple),
                                 paipa::step("wanted", paipa::filter(wanted))));
}

// w6c
number loop_in_chunks(number items) {
    number sum = 0;
    std::vector<number> chunk;
    const auto flush = [&] {
        for (const number n : chunk) {
            sum += n;
        }
        chunk.clear();
    };
    for (number n = 0; n < items; ++n) {
        if (even(n) && wanted(triple(n))) {
            chunk.push_back(triple(n));
            if (chunk.size() == chunk_size) {
                flush();
            }
        }
    }
    flush();
    return sum;
}

number range_v3_in_chunks(number items) {
    return sum_of(range_v3_chain(items) | ranges::views::chunk(chunk_size) | ranges::views::join);
}

auto stock_chain_in_chunks(number items) {
    return paipa::combine(source(items), paipa::filter(even), paipa::map(triple),
                          paipa::filter(wanted), paipa::chunk(chunk_size), paipa::flatten());
}

number stock_in_chunks(number items) {
    return sum_of(stock_chain_in_chunks(items));
}

number consumed_in_chunks(number items) {
    return sum_of_consumed(stock_chain_in_chunks(items));
}

// The debugger, over three steps that do nothing
struct silent final : paipa::reporter {
    void show(std::span<const paipa::step_record>) override {}
};

constexpr auto same = [](number n) { return n; };

number watched(number items) {
    const paipa::runtime_debugger debug{{.reporters = {std::make_shared<silent>()}}};
    return sum_of(
        paipa::combine(debug, source(items), paipa::map(same), paipa::map(same), paipa::map(same)));
}

number unwatched(number items) {
    return sum_of(
        paipa::combine(source(items), paipa::map(same), paipa::map(same), paipa::map(same)));
}

void ask(const std::string& name, number items, number right, number (*run)(number)) {
    compare(name, items, right, [run, items] { return run(items); });
}

}  // namespace

void add_questions() {
    constexpr number many = 100'000'000;
    constexpr number few = 10'000'000;
    const auto add = [](const std::string& name, number items, number (*run)(number)) {
        ask(name, items, loop(items), run);
    };
    add("w6/paipa", many, stock);
    add("w6/paipa_consumed", many, consumed);
    add("w6/paipa_generators", few, generators);
    add("w6/paipa_steps", few, steps);
    add("w6/std_views", many, std_views);
    add("w6/range_v3", many, range_v3);
    add("w6/plain_generators", few, plain_generators);
    add("w6/loop_from_somewhere", many, loop_from_somewhere);
    add("w6/limit", many, loop);

    add("w6c/paipa", many, stock_in_chunks);
    add("w6c/paipa_consumed", many, consumed_in_chunks);
    add("w6c/range_v3", many, range_v3_in_chunks);
    add("w6c/limit", many, loop_in_chunks);

    const number all = few * (few - 1) / 2;
    ask("debugger/paipa", few, all, unwatched);
    ask("debugger/paipa_watched", few, all, watched);
}

}  // namespace bench
