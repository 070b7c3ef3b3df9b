#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/flow/stage_builder.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/flow.hpp>
#include <paipa/fuse.hpp>
#include <paipa/generator.hpp>
#include <paipa/runtime.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

namespace {

namespace detail = paipa::detail;

/// Keeps what one definition has given it.
class keeping final : public detail::stage_builder {
public:
    void add_item_stage(const place& where, bool emits, bool can_keep,
                        const detail::kernel_facts& facts,
                        std::unique_ptr<const detail::item_worker_maker> workers) override {
        kind = "items";
        kept = facts;
        has_outputs = emits;
        keeps_items = can_keep;
        add(where, workers != nullptr);
    }

    void add_iter_stage(const place& where,
                        std::unique_ptr<const detail::iter_worker_maker> workers) override {
        kind = "range";
        add(where, workers != nullptr);
    }

    std::string kind;
    std::size_t first = 0;
    std::size_t count = 0;
    detail::kernel_facts kept{};
    bool has_outputs = false;
    bool keeps_items = false;

private:
    void add(const place& where, bool has_workers) {
        EXPECT_TRUE(has_workers);
        first = where.first;
        count = where.count;
    }
};

/// What the only definition of a flow makes of items of type `T`.
template <class T, class Def>
std::unique_ptr<const keeping> built(const paipa::flow<Def>& f) {
    auto made = std::make_unique<keeping>();
    detail::edge in(paipa::default_runtime(), "a", "b", 1, detail::type_of<T>);
    std::get<0>(detail::flow_access::defs(f))
        .template build<T>(*made, {.first = 3, .count = detail::places<Def>, .in = in, .ways = {}});
    return made;
}

TEST(stage_builder, is_told_of_a_function_that_passes_items_on) {
    const auto b = built<int>(paipa::step("a", [](int n) { return n; }));
    EXPECT_EQ(b->kind, "items");
    EXPECT_EQ(b->first, 3U);
    EXPECT_EQ(b->count, 1U);
    EXPECT_TRUE(b->has_outputs);
    EXPECT_TRUE(b->kept.one_output);
    EXPECT_FALSE(b->kept.many_outputs);
    EXPECT_FALSE(b->kept.flushes);
}

TEST(stage_builder, is_told_of_a_function_that_ends_the_line) {
    EXPECT_FALSE(built<int>(paipa::step("a", [](int) {}))->has_outputs);
}

TEST(stage_builder, is_told_whether_a_failed_item_can_be_kept) {
    using owner = std::unique_ptr<int>;
    EXPECT_TRUE(built<int>(paipa::step("a", [](int) {}))->keeps_items);
    EXPECT_TRUE(built<owner>(paipa::step("a", [](const owner&) {}))->keeps_items);
    EXPECT_FALSE(built<owner>(paipa::step("a", [](owner) {}))->keeps_items);
}

TEST(stage_builder, is_told_of_a_step_that_keeps_items_back) {
    EXPECT_TRUE(built<int>(paipa::chunk(2))->kept.flushes);
}

TEST(stage_builder, is_told_how_many_steps_are_fused) {
    const auto same = [](int n) { return n; };
    const auto b = built<int>(paipa::fuse(paipa::step("a", same), paipa::step("b", same)));
    EXPECT_EQ(b->kind, "items");
    EXPECT_EQ(b->count, 2U);
}

TEST(stage_builder, is_told_of_a_step_from_range_to_range) {
    EXPECT_EQ(built<int>(paipa::iter_step("a", [](paipa::generator<int> in) { return in; }))->kind,
              "range");
}

}  // namespace
