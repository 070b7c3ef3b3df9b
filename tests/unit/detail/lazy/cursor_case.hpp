#ifndef PAIPA_TESTS_UNIT_DETAIL_LAZY_CURSOR_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_LAZY_CURSOR_CASE_HPP
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/source_view.hpp>

#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

// What the tests of cursors share.

/// Gives the numbers from 1 to `last`, and counts how often it is pulled. The pull of the number
/// `bad` throws.
class counted_cursor {
public:
    using value = int;
    using reference = int&&;

    counted_cursor(int last, int* pulls, int bad = 0) : last_(last), pulls_(pulls), bad_(bad) {}

    bool next() {
        ++*pulls_;
        if (at_ == last_) {
            return false;
        }
        if (++at_ == bad_) {
            throw std::runtime_error("bad number");
        }
        return true;
    }

    reference item() { return std::move(at_); }

private:
    int last_;
    int* pulls_;
    int bad_;
    int at_ = 0;
};

/// A cursor over a container of its own, whose items may be moved from.
template <class T>
auto cursor_over(std::vector<T> items) {
    return paipa::detail::cursor_of(paipa::detail::source_view(std::move(items)));
}

/// All items, pulled one after the other.
template <class Cursor>
auto pulled(Cursor cursor) {
    std::vector<typename Cursor::value> all;
    while (cursor.next()) {
        all.push_back(cursor.item());
    }
    return all;
}

/// All items, from one loop.
template <class Cursor>
auto looped(Cursor cursor) {
    std::vector<typename Cursor::value> all;
    const bool more = paipa::detail::for_each_while(cursor, [&all]<class Item>(Item&& item) {
        all.push_back(std::forward<Item>(item));
        return true;
    });
    if (more) {
        throw std::logic_error("the loop should have reached the end");
    }
    return all;
}

/// The next items from a loop that stops at `count` of them.
template <class Cursor>
auto some_looped(Cursor& cursor, std::size_t count) {
    std::vector<typename Cursor::value> all;
    paipa::detail::for_each_while(cursor, [&all, count]<class Item>(Item&& item) {
        all.push_back(std::forward<Item>(item));
        return all.size() < count;
    });
    return all;
}

#endif
