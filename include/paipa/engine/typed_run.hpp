#ifndef PAIPA_ENGINE_TYPED_RUN_HPP
#define PAIPA_ENGINE_TYPED_RUN_HPP
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/edge.hpp>
#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/run_core.hpp>
#include <paipa/engine/slot.hpp>
#include <paipa/engine/step_head.hpp>
#include <paipa/engine/time_sheet.hpp>
#include <paipa/error.hpp>
#include <paipa/flow.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa::engine {

/// The results of a run: the edge behind the last step, and the one reader it may have.
template <class Out>
class result_port {
public:
    result_port(run_core& run, const std::string& from, std::size_t capacity)
        : run_(run), edge(run.rt, from, "results", capacity) {
        edge.add_reader(box_);
        run.results = &edge;
    }

    result_port(const result_port&) = delete;
    result_port& operator=(const result_port&) = delete;

    ~result_port() { drop_rest(); }

    /// The next result; null at the end, or at the time. It stays until the next call.
    slot<Out>* next(time_point until) {
        drop_current();
        while (true) {
            current_ = box_.take_next();
            if (current_ != nullptr) {
                return current_;
            }
            const taken what = edge.take(box_, times_, until, true);
            if (what == taken::meta) {
                edge.take_meta();  // the end of its way
                edge.meta_passed();
            } else if (what != taken::items) {
                ended = what == taken::end || what == taken::cancelled;
                return nullptr;
            }
        }
    }

    /// Nobody reads: takes what comes, until the end or the time.
    void discard(time_point until) {
        while (next(until) != nullptr) {
            run_.results_unread.fetch_add(1);
        }
    }

private:
    void drop_current() noexcept {
        if (std::exchange(current_, nullptr) != nullptr) {
            box_.drop_taken();
            box_.done += 1;
        }
    }

    void drop_rest() noexcept { drop_current(); }

    run_core& run_;

public:
    paipa::engine::edge<Out> edge;
    std::atomic<seat*> reader{nullptr};  // the thread that has a `results()` range; null: nobody
    bool ended = false;                  // belongs to whoever reads

private:
    inbox<Out> box_{false};
    slot<Out>* current_ = nullptr;
    time_sheet times_;
};

/// Nothing comes out.
template <>
class result_port<void> {};

/// The edges and stages of one run, with their types.
template <class In, class Out>
class typed_run final : public run_core {
public:
    template <class... Defs>
    typed_run(const flow<Defs...>& f, pipeline_options o) : run_core(std::move(o)) {
        check_pipeline(options);
        if constexpr (sizeof...(Defs) == 0) {
            throw config_error(label() + ": flow: expected at least one step, got an empty flow");
        } else {
            const auto heads = flow_access::heads(f);
            const std::vector<std::string> names = unique_names(heads);
            const auto& defs = flow_access::defs(f);
            const step_options first =
                resolved<In>(std::get<0>(defs).head, std::get<0>(defs).keeps_items);
            auto in = std::make_unique<edge<In>>(rt, "intake", names[0], first.capacity);
            intake_ = in.get();
            edges_.push_back(std::move(in));
            build<0, In>(defs, names, first, *intake_);
        }
    }

    [[nodiscard]] edge<In>& input() noexcept { return *intake_; }

    [[nodiscard]] result_port<Out>& output() noexcept
        requires(!std::is_void_v<Out>)
    {
        return *port_;
    }

    /// Waits for the end, or the time; results that nobody reads are thrown away meanwhile.
    bool wait_end(time_point until) {
        if constexpr (std::is_void_v<Out>) {
            return wait(until);
        } else {
            seat* const me = &rt.here();
            while (true) {
                seat* nobody = nullptr;
                if (port_->reader.compare_exchange_strong(nobody, me) || nobody == me) {
                    port_->discard(until);
                    port_->reader.store(nullptr);
                    reader_left();
                    return wait(until);
                }
                if (wait(until, &port_->reader)) {
                    return true;
                }
                if (until != never && rt.now() >= until) {
                    return false;
                }
            }
        }
    }

private:
    template <class T>
    step_options resolved(const step_head& head, bool keeps_items) const {
        return resolve(head, options, default_items<T>, keeps_items);
    }

    template <std::size_t I, class T, class Defs>
    void build(const Defs& defs, const std::vector<std::string>& names, const step_options& o,
               edge<T>& in) {
        const auto& def = std::get<I>(defs);
        using next = typename std::tuple_element_t<I, Defs>::template output<T>;
        constexpr bool last = I + 1 == std::tuple_size_v<Defs>;
        if constexpr (!last) {
            const auto& behind = std::get<I + 1>(defs);
            const step_options after = resolved<next>(behind.head, behind.keeps_items);
            auto made = std::make_unique<edge<next>>(rt, names[I], names[I + 1], after.capacity);
            edge<next>& to = *made;
            edges_.push_back(std::move(made));
            add(def.template make<T>(names[I], o, in, &to), I, last);
            build<I + 1, next>(defs, names, after, to);
        } else if constexpr (std::is_void_v<next> || std::is_void_v<Out>) {
            add(def.template make<T>(names[I], o, in, nullptr), I, last);
        } else {
            const std::size_t capacity =
                options.capacity == default_capacity ? default_items<next> : options.capacity;
            port_ = std::make_unique<result_port<next>>(*this, names[I], capacity);
            add(def.template make<T>(names[I], o, in, &port_->edge), I, last);
        }
    }

    void add(std::unique_ptr<step_core> step, std::size_t position, bool last) {
        step->position = position;
        step->is_last = last;
        steps.push_back(std::move(step));
    }

    edge<In>* intake_ = nullptr;
    std::vector<std::unique_ptr<edge_core>> edges_;
    std::unique_ptr<result_port<Out>> port_;  // null where nothing comes out
};

}  // namespace paipa::engine
#endif
