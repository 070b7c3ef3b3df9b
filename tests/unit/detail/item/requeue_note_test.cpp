#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::duration;
using paipa::detail::requeue_note;

/// The pauses of an item that is given back so often while nothing else happens.
std::vector<duration> pauses(requeue_note& note, int times, std::uint64_t moves) {
    std::vector<duration> all;
    for (int i = 0; i < times; ++i) {
        note.give_back(moves);
        all.push_back(note.pause());
    }
    return all;
}

TEST(requeue_note, lets_an_item_come_back_at_once_for_four_rounds) {
    requeue_note note;
    EXPECT_EQ(pauses(note, 4, 0), std::vector<duration>(4, 0ms));
    EXPECT_FALSE(note.is_in_vain());
    note.give_back(0);
    EXPECT_TRUE(note.is_in_vain());
}

TEST(requeue_note, doubles_the_pause_up_to_the_longest) {
    requeue_note note;
    pauses(note, 4, 9);
    EXPECT_EQ(pauses(note, 10, 9),
              (std::vector<duration>{1ms, 2ms, 4ms, 8ms, 16ms, 32ms, 64ms, 100ms, 100ms, 100ms}));
    pauses(note, 100, 9);
    EXPECT_EQ(note.pause(), 100ms);
}

TEST(requeue_note, begins_anew_when_something_else_has_happened) {
    requeue_note note;
    pauses(note, 10, 1);
    note.give_back(2);
    EXPECT_FALSE(note.is_in_vain());
    EXPECT_EQ(note.pause(), 0ms);
    EXPECT_EQ(pauses(note, 4, 2), (std::vector<duration>{0ms, 0ms, 0ms, 1ms}));
}

}  // namespace
