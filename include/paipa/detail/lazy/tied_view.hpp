#ifndef PAIPA_DETAIL_LAZY_TIED_VIEW_HPP
#define PAIPA_DETAIL_LAZY_TIED_VIEW_HPP
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// What a callable makes of a range, with the range kept beside it: a coroutine over `auto&&` has
/// no more than a reference to it.
template <class Input, class F>
class tied_view : public std::ranges::view_interface<tied_view<Input, F>> {
    struct state {
        state(Input&& in, F& f) : input(std::move(in)), made(f(std::move(input))) {}

        Input input;
        std::invoke_result_t<F&, Input> made;  // ends before the input does
    };

public:
    tied_view(Input input, F& f) : state_(std::make_unique<state>(std::move(input), f)) {}

    auto begin() { return std::ranges::begin(state_->made); }

    auto end() { return std::ranges::end(state_->made); }

private:
    std::unique_ptr<state> state_;
};

}  // namespace paipa::detail
#endif
