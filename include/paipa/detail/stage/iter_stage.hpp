#ifndef PAIPA_DETAIL_STAGE_ITER_STAGE_HPP
#define PAIPA_DETAIL_STAGE_ITER_STAGE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/support/make_as.hpp>
#include <paipa/detail/support/shared_value.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>

#include <cstddef>
#include <memory>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa::detail {

/// A step that is a function from a range of items to a range of items. Each worker runs its own
/// call of it; the items of the input range are pulled from the edge. An item is finished when the
/// next one is pulled.
class iter_stage final : public stage {
public:
    iter_stage(std::string text, const step_options& o, edge& in, edge* to,
               std::unique_ptr<const iter_worker_maker> maker);
    ~iter_stage() override;

    void make_workers(stage_run& run) override;

    void step_initialize() override {}

    void initialize(std::size_t) override {}

    void step_shutdown() override {}

    void work(std::size_t i) override;

    /// For workers: before the input range begins.
    void begin(iter_worker& w) noexcept;
    /// For workers: takes the next item in hand. False: there is none.
    bool pull(iter_worker& w);

private:
    void end_current(iter_worker& w, bool finished) noexcept;
    taken take(iter_worker& w);
    void measure(iter_worker& w);

    const std::unique_ptr<const iter_worker_maker> maker_;
    std::vector<std::unique_ptr<iter_worker>> workers_;
};

/// A worker of an `iter_stage` that walks its items, of type `T`, as a `Range`.
template <class T, class Range, class G, class Out>
class typed_iter_worker final : public iter_worker {
public:
    typed_iter_worker(iter_stage& s, std::size_t i, G make_range)
        : iter_worker(s, i),
          stage_(s),
          out_(core, s.to(), false),
          make_range_(std::move(make_range)) {
        out = &out_;
    }

    /// A range that does not ask for input would never see that nobody wants more: it is left.
    void run() override {
        auto items = input(this);  // stays: a coroutine over `auto&&` has a reference to it
        auto range = make_range_(std::move(items));
        for (auto&& item : range) {
            out_(as_item<Out>(std::forward<decltype(item)>(item)));
            if (!std::exchange(asked, false) && out_.is_over()) [[unlikely]] {
                break;
            }
        }
    }

private:
    using value = std::ranges::range_value_t<Range>;

    static Range input(typed_iter_worker* self) {
        self->stage_.begin(*self);
        bool unseen = false;
        while (true) {
            if constexpr (can_wait<Range>) {
                const when_asked somebody;
                const bool passed = co_yield somebody;
                unseen = passed;
            }
            if (!self->stage_.pull(*self)) {
                co_return;
            }
            if (unseen) {
                continue;
            }
            T& taken = self->in.template taken_as<T>().get();
            if constexpr (std::is_same_v<T, value>) {
                co_yield std::move(taken);
            } else {
                auto converted = static_cast<value>(std::move(taken));
                co_yield std::move(converted);
            }
        }
    }

    iter_stage& stage_;
    output<Out> out_;
    G make_range_;
};

/// A copy of `make_range` for each, as a `G`.
template <class T, class Range, class G, class Out, class Original>
class typed_iter_worker_maker final : public iter_worker_maker {
public:
    explicit typed_iter_worker_maker(shared_value<Original> make_range)
        : make_range_(std::move(make_range)) {}

    [[nodiscard]] std::unique_ptr<iter_worker> make(iter_stage& s,
                                                    std::size_t worker) const override {
        return make_as<iter_worker, typed_iter_worker<T, Range, G, Out>>(s, worker, *make_range_);
    }

private:
    const shared_value<Original> make_range_;
};

/// See `make_item_stage`.
std::unique_ptr<step_core> make_iter_stage(std::string name, const step_options& o, edge& in,
                                           edge* to,
                                           std::unique_ptr<const iter_worker_maker> maker);

}  // namespace paipa::detail
#endif
