#ifndef PAIPA_TESTS_UNIT_DETAIL_EDGE_EDGE_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_EDGE_EDGE_CASE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A reader of an edge of numbers, one of several.
class number_reader {
public:
    explicit number_reader(paipa::detail::edge& e) : edge_(e) { edge_.add_reader(in); }

    number_reader(const number_reader&) = delete;
    number_reader& operator=(const number_reader&) = delete;

    ~number_reader() { edge_.remove_reader(in); }

    /// What the edge has for this reader at this moment. It takes one item at a time.
    paipa::detail::taken look(std::size_t want = 1) { return take(want, paipa::never, false); }

    /// The same, after a wait until there is something.
    paipa::detail::taken wait(paipa::time_point until = paipa::never) {
        return take(1, until, true);
    }

    /// The items of its batch; it is done with them.
    std::vector<int> finish() {
        std::vector<int> all;
        while (in.take_next()) {
            all.push_back(in.taken_as<int>().get());
            ++in.done;
        }
        return all;
    }

    /// Gives an item back that it has taken, for another try.
    void give_back(int n, paipa::time_point due) {
        in.back.push_back({.item = paipa::detail::item_box::of(n),
                           .sequence = 0,
                           .attempt = 1,
                           .errors = {},
                           .due = due});
    }

    /// The item of the retry in hand.
    int again() {
        const std::optional<paipa::detail::retry_entry> entry =
            std::exchange(in.again, std::nullopt);
        return paipa::detail::as_slots<int>(entry->item.cell())->get();
    }

    paipa::detail::inbox in{paipa::detail::type_of<int>, true};
    paipa::detail::time_sheet times{};

private:
    paipa::detail::taken take(std::size_t want, paipa::time_point until, bool waits) {
        in.want = want;
        return edge_.take(in, times, until, waits);
    }

    paipa::detail::edge& edge_;
};

/// An edge of numbers.
class number_edge {
public:
    number_edge(paipa::runtime& rt, std::size_t capacity)
        : edge(rt, "a", "b", capacity, paipa::detail::type_of<int>) {}

    /// Puts numbers in a row. Returns for how many there was room.
    std::size_t put(std::vector<int> numbers, paipa::time_point until = paipa::time_point::min()) {
        return paipa::detail::edge_put(edge, [] { return std::string("put"); })
            .put<int>(numbers.data(), numbers.size(), until);
    }

    paipa::detail::edge edge;
};

#endif
