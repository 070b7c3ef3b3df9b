#include "support.hpp"

#include <any>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// A class step takes what converts to its input without narrowing, as a function does.

namespace {

using namespace promises;
using paipa::failure_action;

template <class In>
struct pass final : paipa::abstract_step<In, In> {
    In process(In x) override { return x; }
};

/// What comes out, on threads and in a chain.
template <class In, class Flow>
auto both_ways(const Flow& flow, std::vector<In> items) {
    using out = typename Flow::template output<In>;
    std::vector<out> inline_items;
    for (auto&& x : paipa::combine(items, flow)) {
        inline_items.push_back(std::forward<decltype(x)>(x));
    }
    std::vector<out> on_threads;
    for (auto&& x : paipa::stream(items, flow, {.quiet = true})) {
        on_threads.push_back(std::forward<decltype(x)>(x));
    }
    EXPECT_EQ(on_threads, inline_items);
    return inline_items;
}

TEST(conversions, lead_from_any_step_into_a_class) {
    const auto same = paipa::step("same", [](int x) { return x; });
    EXPECT_EQ(both_ways<int>(same | paipa::step<pass<long>>("a"), {1, 2}), (std::vector{1L, 2L}));
    EXPECT_EQ(both_ways<int>(same | paipa::step<pass<double>>("a"), {1}), (std::vector{1.0}));
    EXPECT_EQ(both_ways<int>(paipa::step<pass<int>>("a") | paipa::step<pass<long>>("b"), {3}),
              (std::vector{3L}));
    EXPECT_EQ(both_ways<int>(paipa::filter([](int x) { return x > 1; }) |
                                 paipa::step<pass<long>>("a") | paipa::step<pass<double>>("b"),
                             {1, 2}),
              (std::vector{2.0}));
    EXPECT_EQ(both_ways<int>(paipa::fuse(same, paipa::step("next", [](int x) { return x + 1; })) |
                                 paipa::step<pass<long>>("a"),
                             {1}),
              (std::vector{2L}));
    EXPECT_EQ(both_ways<int>(paipa::step("text", [](int) { return "a text"; }) |
                                 paipa::step<pass<std::string>>("a"),
                             {1}),
              (std::vector<std::string>{"a text"}));
}

TEST(conversions, lead_through_threads_in_a_chain) {
    const std::vector numbers{1, 2};
    std::vector<long> out;
    for (const long x : paipa::combine(numbers, paipa::step("a", [](int x) { return x + 1; }),
                                       paipa::threaded(paipa::step<pass<long>>("b")))) {
        out.push_back(x);
    }
    EXPECT_EQ(out, (std::vector{2L, 3L}));
}

struct shape {
    shape() = default;
    shape(const shape&) = default;
    shape& operator=(const shape&) = default;
    virtual ~shape() = default;

    [[nodiscard]] virtual std::string name() const { return "shape"; }
};

struct circle final : shape {
    [[nodiscard]] std::string name() const override { return "circle"; }
};

template <class In>
struct named final : paipa::abstract_step<In, std::string> {
    std::string process(In s) override { return s.name(); }
};

struct named_by_pointer final : paipa::abstract_step<std::unique_ptr<shape>, std::string> {
    std::string process(std::unique_ptr<shape> s) override { return s->name(); }
};

struct named_by_reference final : paipa::abstract_step<const std::unique_ptr<shape>&, std::string> {
    std::string process(const std::unique_ptr<shape>& s) override { return s->name(); }
};

TEST(conversions, lead_from_a_derived_class_to_its_base_as_in_a_call) {
    const std::vector<circle> one(1);
    EXPECT_EQ(both_ways<circle>(paipa::step<named<shape>>("a"), one),
              (std::vector<std::string>{"shape"}));
    EXPECT_EQ(both_ways<circle>(paipa::step<named<const shape&>>("a"), one),
              (std::vector<std::string>{"circle"}));
    const auto made = paipa::step("make", [](int) { return std::make_unique<circle>(); });
    EXPECT_EQ(both_ways<int>(made | paipa::step<named_by_pointer>("a"), {1}),
              (std::vector<std::string>{"circle"}));
    EXPECT_EQ(both_ways<int>(made | paipa::step<named_by_reference>("a"), {1}),
              (std::vector<std::string>{"circle"}));
}

TEST(conversions, need_a_copy_where_an_item_must_stay_whole) {
    const auto flow =
        paipa::step("make", [](int) { return std::make_unique<circle>(); }) |
        paipa::step<named_by_reference>("a", {.on_failure = failure_action::dead_letter});
    EXPECT_EQ(refusal<paipa::config_error>([&] { paipa::pipeline p{flow, {.quiet = true}}; }),
              "paipa::step 'a': failure_action::dead_letter: expected an item that can be copied, "
              "or a step that takes it by const reference, got a move-only item by value");
}

TEST(conversions, leave_the_pipelines_input_as_the_first_step_has_it) {
    paipa::pipeline p{paipa::step<pass<long>>("a"), {.quiet = true}};
    static_assert(std::is_same_v<decltype(p), paipa::pipeline<long, long>>);
    p.put(1);
    p.put_all(std::vector{2, 3});
    p.finish();
    std::vector<long> out;
    for (const long x : p.results()) {
        out.push_back(x);
    }
    EXPECT_EQ(out, (std::vector{1L, 2L, 3L}));

    auto queue = std::make_shared<paipa::queue<int>>(4);
    paipa::pipeline fed{paipa::step<pass<long>>("a"), queue, {.quiet = true}};
    static_assert(std::is_same_v<decltype(fed), paipa::pipeline<int, long>>);
    queue->push(4);
    queue->close();
    for (const long x : fed.results()) {
        EXPECT_EQ(x, 4L);
    }
    EXPECT_EQ(fed.count(), 1U);
}

/// Makes many of one, of an item that lies nowhere but in the call.
struct letters final : paipa::abstract_step<const std::string&, char, paipa::generator<char>> {
    paipa::generator<char> process(const std::string& s) override {
        for (const char c : s) {
            co_yield c;
        }
    }
};

TEST(conversions, last_until_all_outputs_have_left) {
    const char* const text = "a text that is too long to lie in the string itself";
    const auto flow =
        paipa::step("text", [text](int) { return text; }) | paipa::step<letters>("letters");
    const auto out = both_ways<int>(flow, {1, 2});
    EXPECT_EQ(std::string(out.begin(), out.end()), std::string(text) + text);
}

/// Writes down items and entries.
struct noting final : paipa::abstract_step<long, std::string> {
    std::string process(long x) override { return std::to_string(x); }

    std::any process_meta(std::any m) override {
        emit("meta " + std::to_string(std::any_cast<int>(m)));
        return m;
    }
};

TEST(conversions, keep_meta_entries_in_their_places) {
    paipa::pipeline<int, std::string> p{
        paipa::step("same", [](int x) { return x; }) | paipa::step<noting>("note"),
        {.quiet = true}};
    p.put(1);
    p.put_meta(5);
    p.put(2);
    p.finish();
    std::vector<std::string> out;
    for (auto&& s : p.results()) {
        out.push_back(std::move(s));
    }
    EXPECT_EQ(out, (std::vector<std::string>{"1", "meta 5", "2"}));
}

struct sums {
    paipa::generator<long> operator()(paipa::generator<long> in) const {
        long sum = 0;
        for (const long x : in) {
            sum += x;
            co_yield sum;
        }
    }
};

paipa::generator<std::string> shout(paipa::generator<const std::string&> in) {
    for (const std::string& s : in) {
        co_yield s + "!";
    }
}

TEST(conversions, lead_into_iter_steps) {
    const auto same = paipa::step("same", [](int x) { return x; });
    EXPECT_EQ(both_ways<int>(same | paipa::iter_step("sums", sums{}), {1, 2, 3}),
              (std::vector{1L, 3L, 6L}));
    EXPECT_EQ(both_ways<int>(
                  paipa::iter_step("halves",
                                   [](paipa::generator<double> in) -> paipa::generator<double> {
                                       for (const double x : in) {
                                           co_yield x / 2;
                                       }
                                   }),
                  {1}),
              (std::vector{0.5}));
    EXPECT_EQ(both_ways<int>(
                  paipa::step("text", [](int) { return "hey"; }) | paipa::iter_step("shout", shout),
                  {1, 2}),
              (std::vector<std::string>{"hey!", "hey!"}));
    EXPECT_EQ(both_ways<int>(paipa::step("text", [](int) { return std::string("ho"); }) |
                                 paipa::iter_step("shout", shout),
                             {1}),
              (std::vector<std::string>{"ho!"}));
    EXPECT_EQ(both_ways<int>(paipa::step("make", [](int) { return std::make_unique<circle>(); }) |
                                 paipa::iter_step("names",
                                                  [](paipa::generator<std::unique_ptr<shape>> in)
                                                      -> paipa::generator<std::string> {
                                                      for (auto&& s : in) {
                                                          co_yield s->name();
                                                      }
                                                  }),
                             {1}),
              (std::vector<std::string>{"circle"}));
}

}  // namespace
