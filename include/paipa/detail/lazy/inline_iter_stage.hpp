#ifndef PAIPA_DETAIL_LAZY_INLINE_ITER_STAGE_HPP
#define PAIPA_DETAIL_LAZY_INLINE_ITER_STAGE_HPP
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <ranges>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// A step from a range to a range, on the caller's thread; what `iter_stage` is to threads. An item
/// is finished when the next one is pulled.
template <class Base, class Range, class G, class Out>
class inline_iter_stage final : public inline_outputs<Out> {
    using base = inline_outputs<Out>;
    using value = std::ranges::range_value_t<Range>;
    using made = std::invoke_result_t<G&, Range>;

public:
    inline_iter_stage(inline_run& run, std::string text, const step_options& o, Base input,
                      const G& g)
        : base(run, std::move(text), o), input_(std::move(input)), make_range_(g) {}

    bool next() override {
        if (ended_) {
            return false;
        }
        try {
            if (!range_) {
                walker_ = std::this_thread::get_id();
                items_.emplace(items(this));
                range_.emplace(make_range_(std::move(*items_)));
            }
            if (range_->next()) {
                current_.emplace(range_->item());
                ++core.unstaged;
                return true;
            }
            end_item(true);
            ended_ = true;
            while (shut_down_next()) {
            }
            run_.step_ended(*this, !input_ended_);
            return false;
        } catch (...) {
            ended_ = true;
            end_item(false);
            const std::exception_ptr error = std::current_exception();
            const bool of_input = error == input_error_;
            run_.fail(of_input ? "source" : name, of_input ? "source" : "process", 0, error);
            throw;
        }
    }

    Out& current() noexcept override { return *current_; }

protected:
    void give_up() noexcept override {
        ended_ = true;
        end_item(false);
    }

    [[nodiscard]] std::uint64_t inside() const noexcept override { return in_hand_ ? 1 : 0; }

    [[nodiscard]] bool emits() const noexcept override { return true; }

private:
    using base::core;
    using base::name;
    using base::run_;
    using base::shut_down_next;

    static Range items(inline_iter_stage* self) {
        bool unseen = false;
        while (true) {
            if constexpr (can_wait<Range>) {
                const when_asked somebody;
                const bool passed = co_yield somebody;
                unseen = passed;
            }
            if (!self->pull()) {
                co_return;
            }
            self->in_hand_ = true;
            if (!unseen) {
                value pulled(as_item<value>(self->input_.item()));
                co_yield std::move(pulled);
            }
        }
    }

    bool pull() {
        if (std::this_thread::get_id() != walker_) {
            throw state_error("paipa::combine: iter_step '" + name +
                              "': its range is pulled on another thread: expected the chain's");
        }
        end_item(true);
        if (ended_ || input_ended_) {
            return false;
        }
        try {
            input_ended_ = !input_.next();
        } catch (...) {
            input_error_ = std::current_exception();
            throw;
        }
        return !input_ended_;
    }

    void end_item(bool finished) noexcept {
        if (std::exchange(in_hand_, false)) {
            ++(finished ? core.counted : core.abandoned);
        }
    }

    Base input_;
    G make_range_;
    std::thread::id walker_;      // nobody else may pull
    std::optional<Range> items_;  // stays: a coroutine over `auto&&` has a reference to it
    std::optional<range_cursor<made>> range_;
    std::optional<Out> current_;
    bool in_hand_ = false;
    std::exception_ptr input_error_;  // the callable may catch it, and throw one of its own
    bool input_ended_ = false;        // then it is not asked again
    bool ended_ = false;
};

}  // namespace paipa::detail
#endif
