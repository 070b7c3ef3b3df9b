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

constexpr std::uint64_t bits_of_a_way = 3;

std::uint64_t with_way(std::uint64_t path, std::size_t way) {
    return (path << bits_of_a_way) | (way + 1);
}

bool is_skipped(const traveller& t) {
    return t.id % 5 == 2;
}

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
        end->seen.push_back(t);
        if (static_cast<int>(end->seen.size()) > most) {
            co_return;
        }
    }
}

class sink_step final : public paipa::abstract_step<traveller, void> {
public:
    explicit sink_step(shape_end* end) : end_(*end) {}

    void process(traveller t) override { end_.seen.push_back(t); }

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
        fork_rule<traveller> rule{
            .choose =
                [s, copies](const traveller& t) {
                    return copies ? (1U << s.to.size()) - 1 : 1U << s.way_of(t);
                },
            .mark = [](traveller& t, std::size_t way) { t.path = with_way(t.path, way); }};
        builder_->add_item_stage(
            where, true, true, fork_worker<traveller>::facts,
            std::make_unique<fork_worker_maker<traveller>>(std::move(rule), where.ways));
    }

    static std::function<std::optional<traveller>(const traveller&)> function_of(
        const shape_step& s) {
        switch (s.does) {
            case deed::skip:
                return [](const traveller& t) {
                    return is_skipped(t) ? std::nullopt : std::optional(t);
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

void feed(const shape& s, paipa::detail::run_core& run) {
    try {
        auto entry = s.entries.begin();
        for (int i = 0; i <= s.items; ++i) {
            if (entry != s.entries.end() && *entry == i) {
                run.intake().push_meta(i);
                ++entry;
            }
            if (i < s.items) {
                traveller t{.id = i, .path = 0};
                paipa::detail::edge_put(run.intake(), run.site("put"))
                    .put<traveller>(&t, 1, paipa::never);
            }
        }
        run.finish();
    } catch (const paipa::closed_error&) {
        // the run ended before
    }
}

/// What reaches the sink, and by which steps.
struct arrival {
    traveller item;
    bool keeps_order;
};

void walk(const shape& s, std::size_t at, arrival a, std::vector<arrival>& all) {
    const shape_step& step = s.steps[at];
    if (step.does == deed::skip && is_skipped(a.item)) {
        return;
    }
    a.keeps_order = a.keeps_order && step.keeps_order();
    if (step.to.empty()) {
        all.push_back(a);
    } else if (!step.is_fork()) {
        walk(s, step.to[0], a, all);
    } else {
        for (std::size_t k = 0; k < step.to.size(); ++k) {
            if (step.does == deed::broadcast || k == step.way_of(a.item)) {
                arrival next = a;
                next.item.path = with_way(a.item.path, k);
                walk(s, step.to[k], next, all);
            }
        }
    }
}

std::string text(const traveller& t) {
    return std::to_string(t.id) + " by " + std::to_string(t.path);
}

}  // namespace

shape_end run_shape(const shape& s, paipa::runtime& rt) {
    shape_end end;
    const auto run = shape_builder(s, rt, end).take();
    run->start("start");
    feed(s, *run);
    try {
        run->stop();
    } catch (...) {
        end.failed = true;
    }
    end.books = run->books();
    return end;
}

std::string check_all(const shape& s, const shape_end& end) {
    std::vector<arrival> expected;
    for (int i = 0; i < s.items; ++i) {
        walk(s, 0, {.item = {.id = i, .path = 0}, .keeps_order = true}, expected);
    }
    std::vector<traveller> wanted;
    std::map<std::uint64_t, int> last;  // of the ways that keep their order
    for (const arrival& a : expected) {
        wanted.push_back(a.item);
        if (a.keeps_order) {
            last[a.item.path] = -1;
        }
    }
    std::vector<traveller> got = end.seen;
    std::sort(wanted.begin(), wanted.end());
    std::sort(got.begin(), got.end());
    if (got != wanted) {
        return "expected " + std::to_string(wanted.size()) + " arrivals, got " +
               std::to_string(got.size()) + ", or others";
    }
    for (const traveller& t : end.seen) {
        if (const auto before = last.find(t.path); before != last.end()) {
            if (t.id < before->second) {
                return text(t) + " came behind " + std::to_string(before->second);
            }
            before->second = t.id;
        }
    }
    if (end.entries_seen.size() != s.entries.size()) {
        return "expected " + std::to_string(s.entries.size()) + " entries, got " +
               std::to_string(end.entries_seen.size());
    }
    for (std::size_t i = 0; i < s.entries.size(); ++i) {
        const auto before = std::count_if(wanted.begin(), wanted.end(),
                                          [&](const auto& t) { return t.id < s.entries[i]; });
        if (end.entries_seen[i] != std::pair(s.entries[i], static_cast<std::size_t>(before))) {
            return "entry " + std::to_string(s.entries[i]) + ": expected it behind " +
                   std::to_string(before) + " items, got entry " +
                   std::to_string(end.entries_seen[i].first) + " behind " +
                   std::to_string(end.entries_seen[i].second);
        }
    }
    for (const auto& row : end.books.steps) {
        if (row.is_last != (&row == &end.books.steps.back())) {
            return "another step than the sink is the last one";
        }
    }
    return end.books.delivered == end.seen.size() ? "" : "the count is not what the sink has seen";
}

std::string check_books(const shape& s, const shape_end& end) {
    if (!end.books.balanced()) {
        return "the books do not balance";
    }
    std::vector<std::uint64_t> sent(s.steps.size(), 0);
    for (std::size_t i = 0; i < s.steps.size(); ++i) {
        if (end.books.steps[i].inside != 0) {
            return "items are left inside";
        }
        // What all steps in front of an edge have sent is what has come there.
        std::uint64_t in_front = 0;
        bool is_simple = i > 0;
        for (std::size_t j = 0; j < i; ++j) {
            const auto& to = s.steps[j].to;
            if (std::find(to.begin(), to.end(), i) != to.end()) {
                in_front += end.books.steps[j].emitted;
                is_simple = is_simple && to.size() == 1;
            }
        }
        if (is_simple && in_front != end.books.edges[i].pushed) {
            return "step " + std::to_string(i) + ": its edge has other items than were sent";
        }
    }
    return {};
}

}  // namespace model
