#ifndef PAIPA_DETAIL_LAZY_CURSOR_HPP
#define PAIPA_DETAIL_LAZY_CURSOR_HPP
#include <paipa/detail/lazy/stable_value.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

// A cursor walks a range once: `bool next()` pulls the next item, `item()` tells it, as often as
// wanted, until the next pull. `reference` is `T&` for somebody else's item, `T&&` for one that may
// be moved from. Every lazy step is a cursor that owns the one in front of it, so a chain of them
// is one loop with one test for the end. A cursor may be moved between pulls: what others refer to
// lies in a place of its own (`stable_value`).

/// What the next step gets of an item that came as `Ref`: an lvalue stays one, everything else may
/// be moved from.
template <class Ref>
using handed =
    std::conditional_t<std::is_lvalue_reference_v<Ref>, Ref, std::remove_reference_t<Ref>&&>;

/// Hands items to `sink` until it returns false, or to the end. Returns whether there may be more:
/// the next call, or `next`, goes on behind the last item, also when something has thrown. By the
/// cursor's own `each_while`, a plain nested loop, where it has one: what a compiler makes of that
/// is the loop one would write by hand. An item is gone when `sink` returns, so who refers to it
/// for longer pulls.
template <class Cursor, class Sink>
bool for_each_while(Cursor& cursor, Sink sink) {
    if constexpr (requires { cursor.each_while(std::move(sink)); }) {
        return cursor.each_while(std::move(sink));
    } else {
        while (cursor.next()) {
            if (!sink(cursor.item())) {
                return true;
            }
        }
        return false;
    }
}

/// Where a walk stands, for the time of a loop: a compiler need not write it to memory for each
/// item. Put back when the loop ends, or something throws.
template <class Place>
class place_in_loop {
public:
    explicit place_in_loop(Place& home) : home_(home), here_(home) {}

    place_in_loop(const place_in_loop&) = delete;
    place_in_loop& operator=(const place_in_loop&) = delete;

    ~place_in_loop() { home_ = here_; }

    Place& get() noexcept { return here_; }

private:
    Place& home_;
    Place here_;
};

/// What is dear to copy stays where it is.
template <class Place>
    requires(!std::is_trivially_copyable_v<Place>)
class place_in_loop<Place> {
public:
    explicit place_in_loop(Place& home) noexcept : home_(home) {}

    Place& get() noexcept { return home_; }

private:
    Place& home_;
};

/// Walks any range. `Own`: a container of ours, whose items may be moved from. `Fixed`: the cursor
/// itself stays in its place, so the range may lie in it.
template <class Range, bool Own = !std::ranges::view<Range>, bool Fixed = false>
class range_cursor {
    using element = std::conditional_t<Own, std::ranges::range_rvalue_reference_t<Range>,
                                       std::ranges::range_reference_t<Range>>;
    static constexpr bool made_here = !std::is_reference_v<element>;  // made once, told often
    static constexpr bool stays = Fixed || std::ranges::borrowed_range<Range>;

public:
    using reference = handed<element>;
    using value = std::ranges::range_value_t<Range>;

    explicit range_cursor(Range range) : range_(std::move(range)) {}

    bool next() {
        if (!at_) {
            Range& range = place();
            at_.emplace(std::ranges::begin(range));
            end_.emplace(std::ranges::end(range));
        } else {
            ++*at_;
        }
        if (*at_ == *end_) {
            return false;
        }
        if constexpr (made_here) {
            item_.put(**at_);
        }
        return true;
    }

    reference item() {
        if constexpr (made_here) {
            return std::move(item_.get());
        } else if constexpr (Own) {
            return std::ranges::iter_move(*at_);
        } else {
            return static_cast<reference>(**at_);
        }
    }

private:
    struct nothing {};

    /// Where the range stays while iterators point into it.
    Range& place() {
        if constexpr (stays) {
            return range_;
        } else {
            stays_ = std::make_unique<Range>(std::move(range_));
            return *stays_;
        }
    }

    Range range_;
    std::conditional_t<stays, nothing, std::unique_ptr<Range>> stays_{};
    std::optional<std::ranges::iterator_t<Range>> at_;
    std::optional<std::ranges::sentinel_t<Range>> end_;
    std::conditional_t<made_here, stable_value<std::remove_cvref_t<element>>, nothing> item_{};
};

/// A range whose iterators are valid without it and may run ahead. The iterators are the only
/// state, so the compiler keeps them in registers.
template <class Range>
    requires(std::ranges::borrowed_range<Range> && std::ranges::forward_range<Range>)
class range_cursor<Range, false, false> {
    using element = std::ranges::range_reference_t<Range>;
    using made = std::remove_cvref_t<element>;
    static constexpr bool made_here = !std::is_reference_v<element>;

public:
    using reference = handed<element>;
    using value = std::ranges::range_value_t<Range>;

    explicit range_cursor(Range range)
        : next_(std::ranges::begin(range)), end_(std::ranges::end(range)) {}

    bool next() {
        if (next_ == end_) {
            return false;
        }
        if constexpr (made_here) {
            item_.put(*next_);
        } else {
            item_ = next_;
        }
        ++next_;
        return true;
    }

    reference item() {
        if constexpr (made_here) {
            return std::move(item_.get());
        } else {
            return static_cast<reference>(*item_);
        }
    }

    template <class Sink>
    bool each_while(Sink sink) {
        place_in_loop place(next_);
        auto& at = place.get();
        const auto end = end_;
        while (at != end) {
            if constexpr (!made_here) {
                auto&& element_there = *at;
                ++at;
                if (!sink(static_cast<reference>(element_there))) {
                    return true;
                }
            } else if constexpr (rides_along<made>) {
                made in_register = *at;
                ++at;
                if (!sink(std::move(in_register))) {
                    return true;
                }
            } else {
                item_.put(*at);
                ++at;
                if (!sink(item())) {
                    return true;
                }
            }
        }
        return false;
    }

private:
    std::ranges::iterator_t<Range> next_;
    std::ranges::sentinel_t<Range> end_;
    std::conditional_t<made_here, stable_value<made>, std::ranges::iterator_t<Range>> item_{};
};

/// A cursor as an input range, which is walked once. An item is pulled when it is asked for, by `*`
/// or by a look at the end: `++` alone only passes the present one. After a throw the walk is at
/// its end.
template <class Cursor, class Ref = typename Cursor::reference>
class cursor_view : public std::ranges::view_interface<cursor_view<Cursor, Ref>> {
public:
    explicit cursor_view(Cursor c) : cursor_(std::move(c)) {}

    class iterator {
    public:
        using value_type = typename Cursor::value;
        using difference_type = std::ptrdiff_t;

        explicit iterator(Cursor c) : cursor_(std::move(c)) {}

        Ref operator*() const {
            settle();
            auto&& item = cursor_.item();
            return static_cast<Ref>(item);
        }

        iterator& operator++() {
            settle();
            due_ = !ended_;
            return *this;
        }

        void operator++(int) { ++*this; }

        friend bool operator==(const iterator& i, std::default_sentinel_t) {
            i.settle();
            return i.ended_;
        }

        [[nodiscard]] Cursor take() && { return std::move(cursor_); }

    private:
        /// Pulls the item that has been asked for.
        void settle() const {
            if (due_) {
                due_ = false;
                ended_ = true;  // if something throws
                ended_ = !cursor_.next();
            }
        }

        mutable Cursor cursor_;
        mutable bool due_ = true;
        mutable bool ended_ = false;
    };

    iterator begin() { return iterator(std::move(cursor_)); }

    [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

    [[nodiscard]] Cursor take() && { return std::move(cursor_); }

private:
    Cursor cursor_;
};

template <class View>
inline constexpr bool is_cursor_view = false;

template <class Cursor>
inline constexpr bool is_cursor_view<cursor_view<Cursor>> = true;

/// The cursor of a view: the one inside of it, so that steps fuse, or a new one.
template <class View>
auto cursor_of(View view) {
    if constexpr (is_cursor_view<View>) {
        return std::move(view).take();
    } else {
        return range_cursor<View>(std::move(view));
    }
}

template <class View>
using cursor_of_t = decltype(cursor_of(std::declval<View>()));

}  // namespace paipa::detail
#endif
