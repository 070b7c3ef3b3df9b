#ifndef PAIPA_DETAIL_STAGE_TYPED_ITER_WORKER_HPP
#define PAIPA_DETAIL_STAGE_TYPED_ITER_WORKER_HPP
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/support/make_as.hpp>
#include <paipa/detail/support/shared_value.hpp>
#include <paipa/generator.hpp>

#include <cstddef>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// A worker of an `iter_stage` that walks its items, of type `T`, as a `Range`.
template <class T, class Range, class G, class Out>
class typed_iter_worker final : public iter_worker {
public:
    typed_iter_worker(iter_stage& s, std::size_t i, G make_range)
        : iter_worker(s, i), out_(core, to(), false), make_range_(std::move(make_range)) {
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
        self->begin_input();
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

}  // namespace paipa::detail
#endif
