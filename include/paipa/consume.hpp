#ifndef PAIPA_CONSUME_HPP
#define PAIPA_CONSUME_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <concepts>
#include <cstddef>
#include <ranges>
#include <utility>

namespace paipa {

template <class Source, class Probe, class... Steps>
class combined;

namespace detail {

/// The library's way into `combined`.
struct combined_access {
    template <class Chain, class... Parts>
    static Chain make(Parts&&... parts) {
        return Chain(std::forward<Parts>(parts)...);
    }

    /// Hands all items to `sink`, in one nested loop.
    template <class... Parts, class Sink>
    static void each(combined<Parts...>& chain, Sink sink) {
        chain.each(std::move(sink));
    }

    /// The next walk goes on behind the item at `last`.
    template <class... Parts, class Iterator>
    static void leave_at(combined<Parts...>& chain, Iterator last) {
        chain.leave_at(std::move(last));
    }
};

}  // namespace detail

/// Walks a range and hands each item to `f`. A combined chain becomes one nested loop, which can be
/// faster than `for` over it.
template <std::ranges::input_range R, class F>
    requires std::invocable<F&, std::ranges::range_reference_t<R>>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): it is only walked
void consume(R&& range, F f) {
    const auto to_f = [&f]<class Item>(Item&& item) { f(std::forward<Item>(item)); };
    if constexpr (requires { detail::combined_access::each(range, to_f); }) {
        detail::combined_access::each(range, to_f);
    } else {
        for (auto&& item : range) {
            f(std::forward<decltype(item)>(item));
        }
    }
}

/// Walks a range for its effects. Returns how many items came.
template <std::ranges::input_range R>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): it is only walked
std::size_t consume(R&& range) {
    std::size_t n = 0;
    consume(range, [&n](auto&&) { ++n; });
    return n;
}

/// Walks at most `n` items, and pulls no further one. The next walk of a combined chain given by
/// name goes on behind them. Returns how many items came.
template <std::ranges::input_range R>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): it is only walked
std::size_t consume(R&& range, std::size_t n) {
    if (n == 0) {
        return 0;
    }
    std::size_t taken = 0;
    auto at = std::ranges::begin(range);
    while (at != std::ranges::end(range)) {
        if (++taken == n) {
            if constexpr (requires { detail::combined_access::leave_at(range, std::move(at)); }) {
                detail::combined_access::leave_at(range, std::move(at));
            }
            break;
        }
        ++at;
    }
    return taken;
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
