#include <paipa/detail/edge/given_up_items.hpp>
#include <paipa/detail/edge/meta_entries.hpp>
#include <paipa/detail/edge/waiting_retries.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/slot.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <any>
#include <memory>
#include <optional>
#include <utility>

namespace {

namespace detail = paipa::detail;

/// An edge's token, its waiting retry and its meta entry, each of which is given up.
class given_up_items : public each_item<token> {
protected:
    given_up_items() {
        detail::ring queue(detail::type_of<token>);
        queue.reserve(1);
        detail::fill_cell<token>(static_cast<detail::slot<token>*>(queue.end()), token(1));
        queue.added();
        all_->take(queue);
        EXPECT_EQ(queue.size(), 0U);

        detail::waiting_retries retries;
        retries.add({.item = detail::item_box::of(token(2)),
                     .sequence = 0,
                     .attempt = 1,
                     .errors = {},
                     .due = {}});
        all_->take(retries);
        EXPECT_TRUE(retries.empty());

        detail::meta_entries entries;
        entries.push({.position = 0, .value = std::any(entry_)});
        all_->take(entries);
        EXPECT_TRUE(entries.empty());
    }

    std::optional<detail::given_up_items> all_{std::in_place, detail::type_of<token>};
    std::shared_ptr<int> entry_ = std::make_shared<int>(3);
};

TEST_F(given_up_items, live_until_they_are_destroyed) {
    EXPECT_EQ(tokens().living.size(), 2U);
    EXPECT_EQ(entry_.use_count(), 2);
    all_.reset();
    EXPECT_EQ(tokens().living.size(), 0U);
    EXPECT_EQ(entry_.use_count(), 1);
}

TEST_F(given_up_items, are_handed_to_whoever_destroys_them) {
    {
        detail::given_up_items mine(detail::type_of<token>);
        mine.swap(*all_);
        all_.reset();
        EXPECT_EQ(tokens().living.size(), 2U);
    }
    EXPECT_EQ(tokens().living.size(), 0U);
    EXPECT_EQ(entry_.use_count(), 1);
}

TEST_F(given_up_items, stay_when_nothing_more_is_given_up) {
    detail::ring queue(detail::type_of<token>);
    detail::meta_entries entries;
    all_->take(queue);
    all_->take(entries);
    EXPECT_EQ(tokens().living.size(), 2U);
    EXPECT_EQ(entry_.use_count(), 2);
    EXPECT_TRUE(entries.empty());
}

}  // namespace
