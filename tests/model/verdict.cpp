#include "verdict.hpp"

#include "oracle.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace model {
namespace {

pack sorted(pack tokens) {
    std::sort(tokens.begin(), tokens.end());
    return tokens;
}

/// Compares one run with the model, step by step.
class judge {
public:
    judge(const flow_plan& f, const evidence& seen) : f_(f), seen_(seen) {}

    std::string verdict() {
        for (std::size_t n = 0; n < f_.steps.size(); ++n) {
            if (f_.steps[n].what == kind::take) {
                first_exact_ = n + 1;
                early_end_ = true;
            }
        }
        for (std::size_t i = 0; i < f_.inputs; ++i) {
            now_.push_back({mix(i), i});
        }
        books();
        for (std::size_t n = 0; n < f_.steps.size(); ++n) {
            if (f_.steps[n].what == kind::take) {
                take(n);
            } else {
                step(n);
            }
            barriers(n);
        }
        check(seen_.threw || !fails_ || early_end_, "a failure was swallowed");
        check(!seen_.threw || fails_, "it failed without a reason");
        check(!seen_.closed || fails_ || early_end_, "an item was refused");
        if (!seen_.threw) {
            outputs();
            letters();
        }
        return text_.empty() ? text_ : f_.text() + "\n" + text_ + seen_.books.text();
    }

private:
    void check(bool holds, const std::string& what) {
        if (!holds) {
            text_ += what + "\n";
        }
    }

    template <class A, class B>
    void equal(const A& got, const B& want, const std::string& what, std::size_t n) {
        if (std::cmp_not_equal(got, want)) {
            text_ += "step " + std::to_string(n) + ": " + what + " " + std::to_string(got) +
                     ", the model has " + std::to_string(want) + "\n";
        }
    }

    void books() {
        const paipa::report& r = seen_.books;
        check(r.balanced(), "the books do not balance");
        for (const auto& s : r.steps) {
            check(s.inside == 0, "items inside of " + s.name);
        }
        const bool before = f_.how == feed::put_before || (f_.how == feed::put_while && f_.results);
        for (std::size_t i = before ? 1 : 0; i < r.edges.size(); ++i) {
            check(r.edges[i].most <= r.edges[i].capacity, "too many in front of " + r.edges[i].to);
        }
        for (const auto& e : r.edges) {
            check(e.queued == 0, "items queued in front of " + e.to);
        }
    }

    /// Which ones it takes is drawn by the schedule; they say what happens behind it.
    void take(std::size_t n) {
        const pack& passed = seen_.diaries[n]->passed();
        const std::size_t most = std::min(f_.steps[n].size, now_.size());
        if (!seen_.threw && n + 1 == first_exact_) {
            equal(passed.size(), most, "took", n);
        }
        const pack all = sorted(now_);
        const pack some = sorted(passed);
        check(std::includes(all.begin(), all.end(), some.begin(), some.end()),
              "step " + std::to_string(n) + " took what nobody sent");
        if (in_order_ && passed.size() <= now_.size()) {
            check(std::equal(passed.begin(), passed.end(), now_.begin()),
                  "step " + std::to_string(n) + " took in another order");
        }
        now_ = passed;
        in_order_ = true;
    }

    void step(std::size_t n) {
        const step_plan& s = f_.steps[n];
        expectation e = expect(s, now_);
        fails_ = fails_ || e.fails;
        if (n >= first_exact_ && !seen_.threw) {
            const paipa::step_report& r = report_of(n);
            equal(r.received, now_.size(), "received", n);
            equal(r.skipped, e.skipped, "skipped", n);
            equal(r.dead, e.dead, "dead", n);
            equal(r.dropped, e.dropped, "dropped", n);
            equal(r.abandoned, 0, "abandoned", n);
            attempts(n);
            letters_[r.name] = e.letters;
        }
        in_order_ = in_order_ && keeps_order(s);
        now_ = std::move(e.out);
    }

    const paipa::step_report& report_of(std::size_t n) {
        const std::string name = "step " + std::to_string(n);
        return *std::find_if(seen_.books.steps.begin(), seen_.books.steps.end(),
                             [&](const auto& r) { return r.name == name; });
    }

    void attempts(std::size_t n) {
        const step_plan& s = f_.steps[n];
        std::map<token, unsigned> want;
        for (const token& t : now_) {
            const unsigned failures = s.failures(t);
            const unsigned tries = failures < s.attempts ? failures + 1 : s.attempts;
            want[t] = s.waits(t) + (s.ends_at_once(t) ? 1 : tries);
        }
        const bool counted = s.what != kind::identity && s.what != kind::chunk &&
                             s.what != kind::pull && want.size() == now_.size();
        check(!counted || want == seen_.diaries[n]->attempts(),
              "step " + std::to_string(n) + ": other attempts");
    }

    /// What was put before an entry has left the step, what comes after has not begun.
    void barriers(std::size_t n) {
        const auto& entries = seen_.diaries[n]->entries();
        std::size_t metas = 0;
        for (auto m = entries.begin(); m != entries.end(); ++m) {
            if (m->what != diary::entry::type::meta) {
                continue;
            }
            ++metas;
            const auto behind = [&](const auto& e) { return e.is_item() && e.index >= m->index; };
            const auto before = [&](const auto& e) { return e.is_item() && e.index < m->index; };
            check(std::none_of(entries.begin(), m, behind), "an item overtook a meta entry");
            check(std::none_of(m, entries.end(), before), "a meta entry overtook an item");
        }
        if (f_.steps[n].what == kind::emitter && !seen_.threw && !early_end_) {
            equal(metas, f_.metas.size(), "meta entries", n);
        }
    }

    void outputs() {
        equal(seen_.books.delivered, now_.size(), "delivered", f_.steps.size());
        if (f_.results && in_order_) {
            check(seen_.out == now_, "outputs in another order");
        } else if (f_.results) {
            check(sorted(seen_.out) == sorted(now_), "other outputs");
        }
    }

    void letters() {
        std::map<std::string, pack> got;
        for (const auto& l : seen_.letters) {
            check(l.item_as<token>() != nullptr, "a dead letter of another type");
            got[l.step].push_back(*l.item_as<token>());
        }
        for (const auto& [step, want] : letters_) {
            check(sorted(got[step]) == sorted(want), "other dead letters of " + step);
        }
    }

    const flow_plan& f_;
    const evidence& seen_;
    std::string text_;
    pack now_;  // what arrives in front of the step
    bool in_order_ = true;
    bool fails_ = false;
    bool early_end_ = false;
    std::size_t first_exact_ = 0;  // the first step behind all early ends
    std::map<std::string, pack> letters_;
};

}  // namespace

std::string verdict(const flow_plan& f, const evidence& seen) {
    return judge(f, seen).verdict();
}

}  // namespace model
