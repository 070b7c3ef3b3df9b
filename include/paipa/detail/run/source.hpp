#ifndef PAIPA_DETAIL_RUN_SOURCE_HPP
#define PAIPA_DETAIL_RUN_SOURCE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/queue.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <ranges>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// Pulls a range, or what a callable returns, lazily on a thread of its own. A callable may take a
/// stop token.
template <class T, class R>
class range_source final : public source_core {
public:
    range_source(run_core& run, std::string text, edge& intake, R range)
        : source_core(run, std::move(text)), out_(core, &intake, false), range_(std::move(range)) {}

    void pull() override {
        out_.open();
        if constexpr (std::ranges::input_range<R>) {
            walk(range_);
        } else if constexpr (std::is_invocable_v<R&, std::stop_token>) {
            auto made = range_(stop.hand_out());
            walk(made);
        } else {
            auto made = range_();
            walk(made);
        }
    }

    void hand_over() override { out_.hand_over(true); }

    [[nodiscard]] bool ends_by_itself() const override { return true; }

private:
    /// Whoever cancels the intake has told its sources to stop before.
    template <class Range>
    void walk(Range& range) {
        batch_outputs<T> out(out_);
        auto i = std::ranges::begin(range);
        const auto last = std::ranges::end(range);
        for (; !stopping.load(std::memory_order_relaxed) && i != last; ++i) {
            if constexpr (std::ranges::view<Range>) {
                out(as_item<T>(*i));
            } else {
                out(static_cast<T>(std::move(*i)));  // our own copy of a container
            }
        }
    }

    output<T> out_;
    R range_;
};

/// Pops an input queue until it is closed, or the pipeline ends.
template <class T>
class queue_source final : public source_core {
public:
    queue_source(run_core& run, edge& intake, std::shared_ptr<queue<T>> q)
        : source_core(run, "input queue"),
          run_(run),
          intake_(intake),
          out_(core, &intake, false),
          queue_(std::move(q)) {
        queue_->attach();
    }

    queue_source(const queue_source&) = delete;
    queue_source& operator=(const queue_source&) = delete;

    ~queue_source() override { leave("its pipeline has ended"); }

    /// After `finish`, what is inside at that moment is still taken, and no more: producers that go
    /// on must not hold up the end. After `drain` it stays in the queue.
    void pull() override {
        out_.open();
        std::optional<std::size_t> rest;
        while (!is_stopped()) {
            if (!rest && run_.is_finishing()) {
                rest = queue_->size();
            }
            if ((rest && (*rest)-- == 0) || !pull_one()) {
                break;
            }
        }
    }

    void hand_over() override { out_.hand_over(true); }

    void interrupt() noexcept override { queue_->interrupt(); }

    [[nodiscard]] bool ends_by_itself() const override { return queue_->is_closed(); }

    void leave(std::string_view why) noexcept override {
        if (!std::exchange(left_, true)) {
            queue_->detach(why);
        }
    }

private:
    [[nodiscard]] bool is_stopped() const { return stopping.load() || intake_.is_cancelled(); }

    /// False: there is no more, or nobody wants it; then it stays in the queue.
    bool pull_one() {
        if (queue_->size() == 0) {
            out_.hand_over(true);  // slots that wait for the queue are lost to others
        }
        const auto is_over = [this] { return run_.is_finishing() || is_stopped(); };
        std::optional<T> item = queue_->take(is_over, !stopping.load(), &core.times);
        if (!item) {
            return false;
        }
        if (!out_.make_room() || stopping.load()) {
            queue_->give_back(std::move(*item));
            return false;
        }
        out_(std::move(*item));
        return true;
    }

    run_core& run_;
    edge& intake_;
    output<T> out_;
    std::shared_ptr<queue<T>> queue_;
    bool left_ = false;
};

}  // namespace paipa::detail
#endif
