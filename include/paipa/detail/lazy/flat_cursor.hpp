#ifndef PAIPA_DETAIL_LAZY_FLAT_CURSOR_HPP
#define PAIPA_DETAIL_LAZY_FLAT_CURSOR_HPP
#include <paipa/detail/lazy/call_with.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/stable_value.hpp>
#include <paipa/error.hpp>

#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// Elements that lie side by side: pointers tell where they are, whoever owns them.
template <class Range>
concept lies_in_a_row =
    std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
    (!std::ranges::view<std::remove_cv_t<Range>> || std::ranges::borrowed_range<Range>);

/// Passes on the elements of the range that `Open` makes of each item: its result (`flat_map`), or
/// the item itself (`flatten`), which stays where it lies. Elements of a container of our own may
/// be moved from.
template <class Base, class Open,
          bool InRow = lies_in_a_row<
              std::remove_reference_t<typename Open::template result<typename Base::reference>>>>
class flat_cursor {
    using opened = typename Open::template result<typename Base::reference>;
    using inner = std::remove_reference_t<opened>;
    static constexpr bool refers = std::is_reference_v<opened>;
    static constexpr bool own = !std::is_lvalue_reference_v<opened> && !std::ranges::view<inner>;
    // A range that was made here has a place of its own, made once.
    using inner_cursor =
        std::conditional_t<refers, range_cursor<std::ranges::ref_view<inner>, own, true>,
                           range_cursor<std::remove_cv_t<inner>, own, true>>;
    using place =
        std::conditional_t<refers, std::optional<inner_cursor>, stable_value<inner_cursor>>;

public:
    using value = std::ranges::range_value_t<inner>;
    using reference = typename inner_cursor::reference;

    flat_cursor(Base base, Open open) : base_(std::move(base)), open_(std::move(open)) {}

    bool next() {
        if (is_open_ && next_inside()) {
            return true;
        }
        while (base_.next()) {
            if (open(base_.item())) {
                return true;
            }
        }
        return false;
    }

    reference item() { return inside().item(); }

private:
    /// False: there is nothing in it.
    bool open(typename Base::reference item) {
        using in = typename Base::reference;
        try {
            if constexpr (refers) {
                auto&& range = open_(std::forward<in>(item));
                inner_.emplace(std::ranges::ref_view<inner>(range));
            } else {
                inner_.put(open_(std::forward<in>(item)));
            }
        } catch (const skip_entry&) {
            return false;
        }
        return next_inside();
    }

    /// If a range throws, its remaining elements are skipped. `skip_entry` ends here; any other
    /// exception is passed on.
    bool next_inside() {
        is_open_ = false;  // if something throws
        try {
            is_open_ = inside().next();
        } catch (const skip_entry&) {
            return false;
        }
        return is_open_;
    }

    inner_cursor& inside() {
        if constexpr (refers) {
            return *inner_;
        } else {
            return inner_.get();
        }
    }

    Base base_;
    Open open_;
    place inner_{};
    bool is_open_ = false;
};

/// Elements in a row. All that a loop over them looks at is in here; the rest has a place of its
/// own, so that a compiler can keep this in registers.
template <class Base, class Open>
class flat_cursor<Base, Open, true> {
    using opened = typename Open::template result<typename Base::reference>;
    static constexpr bool refers = std::is_reference_v<opened>;
    using inner =
        std::conditional_t<refers, std::remove_reference_t<opened>, std::remove_cv_t<opened>>;
    using element = std::remove_reference_t<std::ranges::range_reference_t<inner>>;
    static constexpr bool own = !std::is_lvalue_reference_v<opened> && !std::ranges::view<inner>;

public:
    using value = std::ranges::range_value_t<inner>;
    using reference = std::conditional_t<own, element&&, element&>;

    flat_cursor(Base base, Open open)
        : rest_(std::make_unique<rest>(std::move(base), std::move(open))) {}

    bool next() {
        if (left_.at == left_.end) {
            left_ = open_next(*rest_);
            if (left_.at == left_.end) {
                return false;
            }
        }
        item_ = left_.at++;
        return true;
    }

    template <class Sink>
    bool each_while(Sink sink) {
        place_in_loop place(left_);
        row& left = place.get();
        do {
            while (left.at != left.end) {
                element* const item = left.at++;
                if (!sink(static_cast<reference>(*item))) {
                    return true;
                }
            }
            left = open_next(*rest_);
        } while (left.at != left.end);
        return false;
    }

    reference item() { return static_cast<reference>(*item_); }

private:
    struct row {
        element* at = nullptr;
        element* end = nullptr;
    };

    struct nothing {};

    struct rest {
        rest(Base b, Open o) : base(std::move(b)), open(std::move(o)) {}

        Base base;
        Open open;
        std::conditional_t<refers, nothing, std::optional<inner>> made{};
    };

    static row row_of(auto& range) {
        element* const at = std::ranges::data(range);
        return {at, at + std::ranges::size(range)};
    }

    static row open_one(rest& r) {
        using in = typename Base::reference;
        try {
            if constexpr (refers) {
                auto&& range = r.open(std::forward<in>(r.base.item()));
                return row_of(range);
            } else {
                return row_of(r.made.emplace(r.open(std::forward<in>(r.base.item()))));
            }
        } catch (const skip_entry&) {
            return {};
        }
    }

    /// The next row that is not empty; an empty one at the end.
    [[gnu::noinline]] static row open_next(rest& r) {
        while (r.base.next()) {
            if (const row found = open_one(r); found.at != found.end) {
                return found;
            }
        }
        return {};
    }

    row left_;
    element* item_ = nullptr;
    std::unique_ptr<rest> rest_;
};

/// For `flatten`: the item itself.
struct open_itself {
    template <class In>
    using result = In;

    template <class Item>
    Item&& operator()(Item&& item) const noexcept {
        return std::forward<Item>(item);
    }
};

/// For `flat_map`: what `f` returns. `f` has a place of its own: a coroutine may refer to it.
template <class F>
class open_by_call {
public:
    template <class In>
    using result = call_result<F, In>;

    explicit open_by_call(const F& f) : f_(std::make_unique<F>(f)) {}

    template <class Item>
    decltype(auto) operator()(Item&& item) {
        return call_with(*f_, std::forward<Item>(item));
    }

private:
    std::unique_ptr<F> f_;
};

}  // namespace paipa::detail
#endif
