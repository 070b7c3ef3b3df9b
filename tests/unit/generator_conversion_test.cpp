#include <paipa/generator.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using paipa::elements_of;
using paipa::generator;

template <class R>
auto all(R range) {
    std::vector<std::ranges::range_value_t<R>> items;
    for (auto&& x : range) {
        items.push_back(std::forward<decltype(x)>(x));
    }
    return items;
}

generator<std::string> long_texts() {
    co_yield std::string(40, 'a');
    std::string b(40, 'b');
    co_yield std::move(b);
}

generator<std::string_view> views_of_texts() {
    co_yield elements_of(long_texts());
    co_yield "end";
}

generator<const std::string&> references_to_texts() {
    auto texts = long_texts();
    co_yield elements_of(texts);
}

generator<long> longs(int* alive) {
    const auto ints = [](int* n) -> generator<int> {
        const auto gone = [](int* left) { --*left; };
        const std::unique_ptr<int, decltype(gone)> guard(n, gone);
        ++*n;
        co_yield 1;
        co_yield 2;
        throw std::runtime_error("two");
    };
    try {
        co_yield elements_of(ints(alive));
    } catch (const std::runtime_error&) {
        *alive += 10;
    }
    co_yield 3L;
}

TEST(generator, yields_all_of_a_generator_whose_items_convert) {
    std::string all_views;
    for (const std::string_view s : views_of_texts()) {
        all_views += s;
    }
    EXPECT_EQ(all_views, std::string(40, 'a') + std::string(40, 'b') + "end");
    EXPECT_EQ(all(references_to_texts()),
              (std::vector{std::string(40, 'a'), std::string(40, 'b')}));
    int alive = 0;
    EXPECT_EQ(all(longs(&alive)), (std::vector{1L, 2L, 3L}));
    EXPECT_EQ(alive, 10);
    {
        auto left = longs(&alive);
        EXPECT_EQ(*left.begin(), 1L);
    }
    EXPECT_EQ(alive, 10);
}

}  // namespace
