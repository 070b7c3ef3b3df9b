#ifndef PAIPA_TESTS_UNIT_STEPS_STEPS_CASE_HPP
#define PAIPA_TESTS_UNIT_STEPS_STEPS_CASE_HPP
#include <paipa/pipeline.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

/// What comes out of a flow when these go in.
template <class Flow, class In>
auto outputs(const Flow& flow, std::vector<In> items) {
    using out = typename Flow::template output<In>;
    paipa::pipeline<In, out> p{flow, {.quiet = true}};
    p.put_iterable(std::move(items));
    std::vector<out> all;
    for (auto&& x : p.results()) {
        all.push_back(std::forward<decltype(x)>(x));
    }
    EXPECT_TRUE(p.report().balanced()) << p.report();
    return all;
}

#endif
