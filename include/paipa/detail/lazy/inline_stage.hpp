#ifndef PAIPA_DETAIL_LAZY_INLINE_STAGE_HPP
#define PAIPA_DETAIL_LAZY_INLINE_STAGE_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/edge/waiting_retries.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/item_in_hand.hpp>
#include <paipa/detail/lazy/map_cursor.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/settle_failure.hpp>
#include <paipa/failure.hpp>
#include <paipa/nothing.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa::detail {

/// A step whose kernel takes one item after the other, on the caller's thread; what `item_stage` is
/// to threads, with the same kernel.
template <class Base, class Kernel>
class inline_stage final : public inline_outputs<visible<typename Kernel::output>> {
    using base = inline_outputs<visible<typename Kernel::output>>;
    using T = typename Base::value;
    using kernel = Kernel;
    using hooks = kernel_hooks<kernel>;
    using out_type = typename kernel::output;
    static constexpr bool sends = !std::is_void_v<out_type>;
    static constexpr bool streams = requires(kernel& k, T& item) { k.open(item); };

    /// The outputs of one item, where they are pulled.
    static auto opened_type() {
        if constexpr (streams) {
            return std::type_identity<
                range_cursor<decltype(std::declval<kernel&>().open(std::declval<T&>()))>>{};
        } else {
            return std::type_identity<nothing>{};
        }
    }

public:
    using typename base::output;

    inline_stage(inline_run& run, std::string text, const step_options& o, Base input,
                 std::function<Kernel()> make)
        : base(run, std::move(text), o),
          input_(std::move(input)),
          make_(std::move(make)),
          out_(core, nullptr, true),
          holds_(base::policy.discards_outputs()) {
        check_can_keep(name, options, kernel::can_keep);
        back_.set_budget(o.retry.budget);
        if (holds_) {
            out_.on_overflow([this](std::size_t held) { return check_held(held, name); });
        }
    }

    bool next() override {
        if (ended_) {
            return false;
        }
        where_ = "process";
        try {
            while (!next_output()) {
                if (!work() && !end()) {
                    ended_ = true;
                    run_.step_ended(*this, false);
                    return false;
                }
            }
            return true;
        } catch (...) {
            ended_ = true;
            run_.fail(pulling_ ? "source" : name, pulling_ ? "source" : where_, attempt_,
                      std::current_exception(), std::move(failure_text_));
            throw;
        }
    }

    output& current() noexcept override { return *current_; }

protected:
    void make() override {
        kernel_.emplace(make_());
        kernel_->bind(out_, core);
    }

    void step_initialize() override { kernel_->step_initialize(); }

    void initialize() override { kernel_->initialize(); }

    void thread_initialize() override { kernel_->thread_initialize(); }

    void thread_shutdown() override {
        where_ = "thread_shutdown";
        kernel_->thread_shutdown();
    }

    void step_shutdown() override {
        where_ = "step_shutdown";
        kernel_->step_shutdown();
    }

    void give_up() noexcept override {
        ended_ = true;
        const std::uint64_t kept = core.kept.get();  // they had counted as finished
        core.counted.set(core.counted.get() - kept);
        core.kept.set(0);
        core.abandoned += inside() + kept;
        hand_.drop();
        back_.clear();
    }

    [[nodiscard]] std::uint64_t inside() const noexcept override {
        return (hand_ ? 1U : 0U) + back_.size();
    }

    [[nodiscard]] bool emits() const noexcept override { return sends; }

private:
    using base::core;
    using base::name;
    using base::options;
    using base::policy;
    using base::run_;
    using base::shut_down_next;

    // Outputs
    bool next_output() {
        if constexpr (!sends) {
            if (std::exchange(passed_, 0) > 0) {
                current_.emplace();
                return true;
            }
            return false;
        } else {
            if (leaving_ < out_.held().size()) {
                current_.emplace(std::move(out_.held().template at<out_type>(leaving_++)));
                ++core.unstaged;
                return true;
            }
            out_.held().clear();
            leaving_ = 0;
            return next_streamed();
        }
    }

    bool next_streamed() {
        if constexpr (streams) {
            while (opened_) {
                bool is_there = false;
                call_end end = run_call(core, [&] {
                    if (opened_->next()) {
                        current_.emplace(opened_->item());
                        ++core.unstaged;
                        is_there = true;
                    }
                    return outcome::finished;
                });
                if (is_there) {
                    return true;
                }
                opened_.reset();
                end_try(std::move(end));
            }
        }
        return false;
    }

    // Items
    /// Tries one item. False: there is none left.
    bool work() {
        if (!back_.empty() && try_waiting()) {
            return true;
        }
        if (pull()) {
            try_item();
            return true;
        }
        return !back_.empty() && again(back_.take_earliest());
    }

    /// Tries an item that waits, if one goes before the next one of the input.
    bool try_waiting() {
        const bool first = options.ordered || back_.size() >= options.capacity;
        auto due = first ? std::optional(back_.take_earliest())
                         : back_.take(run_.rt.now(), number_, false);
        return due && again(std::move(*due));
    }

    /// Takes the next item in hand.
    bool pull() {
        pulling_ = true;
        if (!input_ended_ && input_.next()) {
            hand_.take(input_.item(), number_++);
        } else {
            input_ended_ = true;
        }
        pulling_ = false;
        return !input_ended_;
    }

    [[gnu::noinline]] bool again(retry_entry entry) {
        const time_point due = entry.due;
        if (entry.why != comes_back::by_requeue) {
            ++core.retries;
        }
        hand_.take_back(std::move(entry));
        run_.wait(due);
        try_item();
        return true;
    }

    /// One try of the item in hand.
    [[gnu::always_inline]] void try_item() {
        tried_.take(hand_.number(), hand_.earlier());
        core.attempt = tried_.index;
        attempt_ = tried_.index;
        begin_time(core);
        call_end end = run_call(core, [this] {
            return hand_.with_item([this](auto& item) { return this->call(item); });
        });
        if constexpr (streams) {
            if (opened_) {
                return;  // its outputs are yet to be pulled
            }
        }
        end_try(std::move(end));
        send_due();
    }

    template <class I>
    outcome call(I& item) {
        if constexpr (streams) {
            if (!holds_) {
                opened_.emplace(kernel_->kernel.open(item));
                return outcome::finished;
            }
        }
        return kernel_->kernel.process(item, policy.keeps_items(), out_);
    }

    void end_try(call_end end) {
        if (end.discards_outputs()) {
            discard_held();
        }
        bool is_given_back = false;
        if (end.error == nullptr) {
            try {
                is_given_back = give_back();
            } catch (...) {
                end.error = std::current_exception();  // no memory for its place
            }
        }
        if (end.error != nullptr) {
            failed(std::move(end.error));
        } else if (!is_given_back) {
            done(end.result);
        }
        out_of_hand();
        attempt_ = 0;
    }

    void out_of_hand() noexcept {
        if constexpr (hooks::gives_back) {
            kernel_->kernel.out_of_hand();
        }
    }

    void done(outcome o) noexcept {
        hand_.drop();
        if (o == outcome::finished) {
            ++core.counted;
            ++passed_;
        } else {
            ++core.skipped;
        }
        kernel_->note_kept(core);
    }

    /// The step may have called `requeue`: then the item is not finished.
    bool give_back() {
        if constexpr (hooks::gives_back) {
            if (auto& given = kernel_->kernel.given_back()) {
                back_.add({.item = std::exchange(given, {}),
                           .sequence = hand_.number(),
                           .attempt = 0,
                           .errors = {},
                           .due = kernel_->kernel.due(),
                           .why = comes_back::by_requeue});
                hand_.drop();
                return true;
            }
        }
        return false;
    }

    /// A chunk whose time is over leaves with the item that came too late for it.
    void send_due() {
        const time_point due = kernel_->deadline(run_.rt);
        if (due != never && due <= run_.rt.now()) {
            kernel_->flush(out_, core);
        }
    }

    /// Of a try that may be repeated; else what has been emitted counts.
    void discard_held() noexcept {
        if constexpr (sends) {
            if (holds_) {
                out_.held().clear();
            }
        }
    }

    void failed(std::exception_ptr error) {
        failed_try f{hand_.type(), hand_.cell(), tried_, std::move(error),
                     policy.place(hooks::stays_whole, waiting_place::edge)};
        f.around = std::current_exception();
        std::vector<retry_entry> back;
        const item_outcome o = settle_failure(
            core, f, back, [this](dead_letter letter) { run_.add_dead_letter(std::move(letter)); });
        if (o == item_outcome::retried) {
            back_.add(std::move(back.back()));
        } else if (o == item_outcome::failed) {
            hand_.drop();
            failure_text_ = std::move(f.what);
            std::rethrow_exception(f.error);
        }
        hand_.drop();
    }

    /// After the last item: what is kept back leaves, then the hooks. False: all is done.
    bool end() {
        if (!std::exchange(flushed_, true)) {
            kernel_->flush(out_, core);
            return true;
        }
        return shut_down_next();
    }

    Base input_;
    std::function<kernel()> make_;
    std::optional<hooks> kernel_;
    detail::output<out_type> out_;
    const bool holds_;  // outputs leave only when their item has succeeded
    item_in_hand<hooks, T> hand_;
    std::optional<typename decltype(opened_type())::type> opened_;  // outputs of the item in hand
    std::optional<output> current_;
    std::size_t leaving_ = 0;  // held outputs that have left
    std::size_t passed_ = 0;   // of a step that returns nothing: items that the chain has not seen
    waiting_retries back_;
    std::uint64_t number_ = 0;
    attempt tried_{};           // the last try
    unsigned attempt_ = 0;      // the one in hand, from 1; 0: none is
    std::string failure_text_;  // of the failure that is thrown; empty: the error's own
    const char* where_ = "process";
    bool pulling_ = false;      // user code in front of this step runs
    bool input_ended_ = false;  // then it is not asked again
    bool flushed_ = false;
    bool ended_ = false;
};

}  // namespace paipa::detail
#endif
