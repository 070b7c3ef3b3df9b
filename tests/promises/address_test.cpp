#include "support.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace promises;
using paipa::failure_action;

/// What `&` gives of it is not where it lies.
struct shy {
    explicit shy(int x) : number(x) {}

    shy* operator&() const { return nullptr; }  // NOLINT: that is what is tested

    int number = 0;
};

/// Likewise, and its move may throw.
struct heavy : shy {
    using shy::shy;

    heavy(const heavy&) = default;

    heavy(heavy&& other) noexcept(false) : shy(other) {}

    heavy& operator=(const heavy&) = default;
};

template <class Item>
struct refuses_two final : paipa::abstract_step<const Item&, Item> {
    Item process(const Item& x) override {
        ++self().template storage<counted>()->all;
        return x.number == 2 ? throw std::runtime_error("two") : x;
    }

    struct counted {
        counted* operator&() const { return nullptr; }  // NOLINT: that is what is tested

        int all = 0;
    };

    using base = paipa::abstract_step<const Item&, Item>;
    using base::self;
};

template <class Item>
Item refuse_two(const Item& x) {
    return x.number == 2 ? throw std::runtime_error("two") : x;
}

/// Items 1 to 3 go in; the second comes out as a dead letter.
template <class Item, class Flow>
void expect_dead_letter(const Flow& flow) {
    std::vector<int> got;
    paipa::pipeline p{flow | paipa::step("got", [&](const Item& x) { got.push_back(x.number); }),
                      {.quiet = true}};
    for (const int n : {1, 2, 3}) {
        p.put(Item(n));
    }
    p.finish();
    EXPECT_TRUE(p.run().balanced());
    const auto letters = p.dead_letters();
    ASSERT_EQ(letters.size(), 1U);
    ASSERT_NE(letters[0].template item_as<Item>(), nullptr);
    EXPECT_EQ(letters[0].template item_as<Item>()->number, 2);
    EXPECT_EQ(got, (std::vector{1, 3}));
    auto chain = paipa::combine(std::vector{Item(1), Item(2), Item(3)}, flow);
    EXPECT_EQ(paipa::consume(chain), 2U);
    ASSERT_EQ(chain.dead_letters().size(), 1U);
    EXPECT_EQ(chain.dead_letters()[0].template item_as<Item>()->number, 2);
}

template <class Item>
void expect_dead_letters() {
    constexpr auto keep = failure_action::dead_letter;
    const auto same = paipa::step("same", [](Item x) { return x; });
    const auto refuse = [](auto options) { return paipa::step("f", refuse_two<Item>, options); };
    using options = paipa::step_options;
    expect_dead_letter<Item>(refuse(options{.on_failure = keep}));
    expect_dead_letter<Item>(refuse(options{.retry = {.attempts = 2}, .on_failure = keep}));
    expect_dead_letter<Item>(
        paipa::step<refuses_two<Item>>("c", options{.retry = {.attempts = 2}, .on_failure = keep}));
    expect_dead_letter<Item>(paipa::fuse(refuse(options{.on_failure = keep}), same));
    expect_dead_letter<Item>(paipa::fuse(same, refuse(options{.on_failure = keep})));
}

TEST(address, of_an_item_is_not_asked_of_its_type) {
    expect_dead_letters<shy>();
    expect_dead_letters<heavy>();
}

}  // namespace
