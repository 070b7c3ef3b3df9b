#ifndef PAIPA_ENGINE_ITER_STAGE_HPP
#define PAIPA_ENGINE_ITER_STAGE_HPP
#include <paipa/engine/edge.hpp>
#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/emitter.hpp>
#include <paipa/engine/pace.hpp>
#include <paipa/engine/run_core.hpp>
#include <paipa/engine/slot.hpp>
#include <paipa/engine/stage.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace paipa::engine {

/// A step that is a function from a range of items to a range of items. Each worker runs its own
/// call of it; the items of the input range are pulled from the edge. An item is finished when the
/// next one is pulled.
template <class T, class G, class Out>
class iter_stage final : public stage<T, Out> {
    using base = stage<T, Out>;

    struct desk final : base::station {
        desk(base& s, std::size_t i, G g) : base::station(s, i, false), make_range(std::move(g)) {}

        G make_range;
        pace speed;
        slot<T>* current = nullptr;  // in the inbox, until the next one is pulled
        std::size_t pulled = 0;      // of this batch
    };

public:
    iter_stage(std::string text, const step_options& o, edge<T>& in_edge,
               typename edge_to<Out>::pointer to, std::shared_ptr<const G> g)
        : base(std::move(text), o, in_edge, to), make_range_(std::move(g)) {}

    void make_workers(run_core& run) override {
        this->run_ = &run;
        for (std::size_t i = 0; i < this->options.threads; ++i) {
            desks_.push_back(std::make_unique<desk>(*this, i, *make_range_));
            this->enrol(*desks_.back());
        }
    }

    void step_initialize() override {}

    void initialize(std::size_t) override {}

    void step_shutdown() override {}

    void work(std::size_t i) override {
        desk& d = *desks_[i];
        const bool ok = this->guarded(d, "process", [&] {
            auto range = d.make_range(input(this, &d));
            for (auto&& item : range) {
                d.out(static_cast<Out>(std::forward<decltype(item)>(item)));
            }
        });
        end_current(d, ok);
    }

private:
    static generator<T> input(iter_stage* self, desk* d) {
        d->speed.begin(self->run_->rt.now(), d->core.times.waited());
        while (self->pull(*d)) {
            co_yield std::move(d->current->get());
        }
    }

    void end_current(desk& d, bool finished) noexcept {
        if (d.current != nullptr) {
            d.current = nullptr;
            d.in.drop_taken();
            ++(finished ? d.core.finished : d.core.abandoned);
            d.in.done += 1;
        }
    }

    bool pull(desk& d) {
        this->run_->rt.point();
        end_current(d, true);
        while (!this->in_.is_cancelled()) {
            d.current = d.in.take_next();
            if (d.current != nullptr) {
                ++d.pulled;
                return true;
            }
            measure(d);
            switch (take(d)) {
                case taken::meta:
                    this->guarded(d, "hand-over", [&] { d.out.push_meta(this->in_.take_meta()); });
                    this->in_.meta_passed();
                    break;
                case taken::end:
                    this->saw_end.store(true);
                    return false;
                case taken::cancelled:
                    return false;
                default:
                    break;
            }
        }
        return false;
    }

    taken take(desk& d) {
        const taken what = this->in_.take(d.in, d.core.times, never, false);
        if (what != taken::nothing) {
            return what;
        }
        d.out.hand_over(true);
        return this->in_.take(d.in, d.core.times, never, true);
    }

    /// One of several workers takes single items: what it has taken is lost to its siblings when
    /// its range ends early.
    void measure(desk& d) {
        if (d.pulled == 0) {
            return;
        }
        const time_point now = this->run_->rt.now();
        const std::size_t next = d.speed.next_batch(d.pulled, now, d.core.times.waited());
        d.in.want = this->options.threads == 1 ? next : 1;
        d.in.hurry = d.speed.fast();
        d.out.set_hurry(d.in.hurry);
        d.core.times.mark(now);
        d.pulled = 0;
        this->progress(now);
    }

    std::shared_ptr<const G> make_range_;
    std::vector<std::unique_ptr<desk>> desks_;
};

}  // namespace paipa::engine
#endif
