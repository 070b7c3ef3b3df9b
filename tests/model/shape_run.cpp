#include "shape_run.hpp"

#include <paipa/abstract_step.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/stage_builder.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/step.hpp>
#include <paipa/time.hpp>

#include "fork_worker.hpp"

#include <algorithm>
#include <any>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>

namespace model {
namespace {

using paipa::detail::stage_builder;

/// The items whose first try has failed.
class tries {
public:
    bool is_first(const traveller& t) {
        const std::lock_guard lock(mutex_);
        return seen_.insert(t).second;
    }

private:
    std::mutex mutex_;
    std::set<traveller> seen_;
};

paipa::generator<traveller> some(paipa::generator<traveller> all, int most) {
    int n = 0;
    for (const traveller& t : all) {
        if (n++ >= most) {
            co_return;
        }
        co_yield t;
    }
}

paipa::generator<traveller> take_some(paipa::generator<traveller> all, int most, shape_end* end) {
    for (const traveller& t : all) {
        end->see(t);
        if (static_cast<int>(end->seen.size()) > most) {
            co_return;
        }
    }
}

class sink_step final : public paipa::abstract_step<traveller, void> {
public:
    explicit sink_step(shape_end* end) : end_(*end) {}

    void process(traveller t) override { end_.see(t); }

    std::any process_meta(std::any entry) override {
        end_.entries_seen.emplace_back(std::any_cast<int>(entry), end_.seen.size());
        return entry;
    }

private:
    shape_end& end_;
};

/// The definition in a flow of one step.
template <class Flow>
void build(const Flow& flow, stage_builder& to, const stage_builder::place& where) {
    std::get<0>(paipa::detail::flow_access::defs(flow)).template build<traveller>(to, where);
}

/// Builds the run of a shape.
class shape_builder {
public:
    shape_builder(const shape& s, paipa::runtime& rt, shape_end& end) : shape_(s), end_(end) {
        for (std::size_t i = 0; i < s.steps.size(); ++i) {
            heads_.push_back(std::make_unique<paipa::detail::step_head>(
                std::to_string(i), options_of(s.steps[i]), true));
            all_heads_.push_back(heads_.back().get());
        }
        builder_.emplace(paipa::pipeline_options{.quiet = true, .runtime = &rt},
                         paipa::detail::step_heads{all_heads_.data(), all_heads_.size()});
    }

    std::shared_ptr<paipa::detail::run_core> take() {
        std::vector<paipa::detail::edge*> edges;
        for (std::size_t i = 0; i < shape_.steps.size(); ++i) {
            const bool keeps = shape_.steps[i].does != deed::leave;
            edges.push_back(&builder_->edge_before(i, paipa::detail::type_of<traveller>, keeps));
        }
        for (std::size_t i = 0; i < shape_.steps.size(); ++i) {
            std::vector<paipa::detail::way> ways;
            for (const std::size_t to : shape_.steps[i].to) {
                ways.push_back(builder_->way_to(*edges[to], i));
            }
            add(i, {.first = i, .count = 1, .in = *edges[i], .ways = std::move(ways)});
        }
        return builder_->take();
    }

private:
    static paipa::step_options options_of(const shape_step& s) {
        paipa::step_options o{.threads = s.threads, .capacity = s.capacity, .ordered = s.ordered};
        if (s.does == deed::retry) {
            o.retry = {.attempts = 2, .delay = std::chrono::milliseconds{1}};
        }
        return o;
    }

    void add(std::size_t i, stage_builder::place where) {
        const shape_step& s = shape_.steps[i];
        if (i + 1 == shape_.steps.size()) {
            add_sink(s, where);
        } else if (s.is_fork()) {
            add_fork(s, where);
        } else if (s.does == deed::leave) {
            build(paipa::iter_step("s",
                                   [n = s.number](paipa::generator<traveller> all) {
                                       return some(std::move(all), n);
                                   }),
                  *builder_, where);
        } else {
            build(paipa::step("s", function_of(s)), *builder_, where);
        }
    }

    void add_sink(const shape_step& s, const stage_builder::place& where) {
        shape_end* const end = &end_;
        if (s.does == deed::leave) {
            build(paipa::iter_step("s",
                                   [n = s.number, end](paipa::generator<traveller> all) {
                                       return take_some(std::move(all), n, end);
                                   }),
                  *builder_, where);
        } else {
            build(paipa::step<sink_step>("s", {}, end), *builder_, where);
        }
    }

    void add_fork(const shape_step& s, const stage_builder::place& where) {
        const bool copies = s.does == deed::broadcast;
        fork_rule<traveller> rule{.choose =
                                      [s, copies](const traveller& t) {
                                          return copies ? (1U << s.to.size()) - 1
                                                        : 1U << s.way_of(t);
                                      },
                                  .mark = [](traveller& t, std::size_t way) { t.take(way); }};
        builder_->add_item_stage(
            where, true, true, fork_worker<traveller>::facts,
            std::make_unique<fork_worker_maker<traveller>>(std::move(rule), where.ways));
    }

    static std::function<std::optional<traveller>(const traveller&)> function_of(
        const shape_step& s) {
        switch (s.does) {
            case deed::skip:
                return [](const traveller& t) {
                    return t.is_skipped() ? std::nullopt : std::optional(t);
                };
            case deed::retry:
                return [seen = std::make_shared<tries>()](const traveller& t) {
                    if (t.id % 3 == 0 && seen->is_first(t)) {
                        throw std::runtime_error("first try");
                    }
                    return std::optional(t);
                };
            case deed::fail:
                return [n = s.number](const traveller& t) {
                    if (t.id == n) {
                        throw std::runtime_error("bad item");
                    }
                    return std::optional(t);
                };
            default:
                return [](const traveller& t) { return std::optional(t); };
        }
    }

    const shape& shape_;
    shape_end& end_;
    std::vector<std::unique_ptr<paipa::detail::step_head>> heads_;
    std::vector<const paipa::detail::step_head*> all_heads_;
    std::optional<paipa::detail::run_builder> builder_;
};

void feed(const shape& s, paipa::detail::run_core& run, ticket_book* book) {
    try {
        auto entry = s.entries.begin();
        for (int i = 0; i <= s.items; ++i) {
            if (entry != s.entries.end() && *entry == i) {
                run.intake().push_meta(i);
                ++entry;
            }
            if (i < s.items) {
                traveller t{.id = i, .path = 0};
                paipa::detail::ticket_share share;
                if (book != nullptr) {
                    share = book->open();
                }
                paipa::detail::edge_put(run.intake(), run.site("put"))
                    .put<traveller>(&t, 1, paipa::never, &share);
            }
        }
        run.finish();
    } catch (const paipa::closed_error&) {
        // the run ended before
    }
}

}  // namespace

shape_end run_shape(const shape& s, paipa::runtime& rt, ticket_book* book) {
    shape_end end{.book = book};
    const auto run = shape_builder(s, rt, end).take();
    if (book != nullptr) {
        carry_tickets(*run);
    }
    run->start("start");
    feed(s, *run, book);
    try {
        run->stop();
    } catch (...) {
        end.failed = true;
    }
    end.books = run->books();
    return end;
}

}  // namespace model
