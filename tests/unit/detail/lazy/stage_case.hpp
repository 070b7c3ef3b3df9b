#ifndef PAIPA_TESTS_UNIT_DETAIL_LAZY_STAGE_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_LAZY_STAGE_CASE_HPP
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/make_inline.hpp>
#include <paipa/detail/lazy/stage_cursor.hpp>
#include <paipa/flow.hpp>
#include <paipa/report.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

/// The only step of a flow, behind a cursor, in a run on the caller's thread.
template <class Def, class Cursor>
class lone_step {
    static auto& add(paipa::detail::inline_run& run, const paipa::flow<Def>& flow, Cursor input) {
        const Def& def = std::get<0>(paipa::detail::flow_access::defs(flow));
        const paipa::step_options options =
            paipa::detail::resolve(def.head, {}, 64, Def::keeps_items);
        return run.add(paipa::detail::make_inline(def, run, "a", options, std::move(input)));
    }

    using stage = std::remove_reference_t<decltype(add(std::declval<paipa::detail::inline_run&>(),
                                                       std::declval<const paipa::flow<Def>&>(),
                                                       std::declval<Cursor>()))>;

public:
    lone_step(const paipa::flow<Def>& flow, Cursor input)
        : step_(add(run, flow, std::move(input))) {
        run.start();
    }

    /// What it passes on from now on.
    auto outputs() { return paipa::detail::stage_cursor(step_); }

    /// Its row in the books.
    [[nodiscard]] paipa::step_report row() const { return run.books().steps.at(0); }

    paipa::detail::inline_run run;

private:
    stage& step_;
};

#endif
