#ifndef PAIPA_TESTS_MODEL_ERASED_HPP
#define PAIPA_TESTS_MODEL_ERASED_HPP
#include <paipa/paipa.hpp>

#include "world.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Steps whose kind is chosen at run time: one definition per pair of item types.

namespace model {

using pack = std::vector<token>;

/// A lazy step behind functions.
template <class T>
struct any_cursor {
    using value = T;
    using reference = T&&;

    template <class Cursor>
    static any_cursor of(Cursor c) {
        const auto shared = std::make_shared<Cursor>(std::move(c));
        return {[shared] { return shared->next(); }, [shared]() -> T&& { return shared->item(); }};
    }

    std::function<bool()> next;
    std::function<T && ()> item;
};

/// A step's definition behind a function, so flows of it have few types.
template <class In, class Out>
struct erased_def {
    static constexpr bool keeps_items = true;
    using declared = In;

    template <class>
    using output = Out;

    template <std::size_t, class>
    static consteval bool check() {
        return true;
    }

    using builder = std::function<void(paipa::detail::stage_builder&,
                                       const paipa::detail::stage_builder::place&)>;

    template <class>
    void build(paipa::detail::stage_builder& to,
               const paipa::detail::stage_builder::place& where) const {
        build_it(to, where);
    }

    using inline_maker = std::function<std::unique_ptr<paipa::detail::inline_outputs<Out>>(
        paipa::detail::inline_run&, const std::string&, const paipa::step_options&,
        any_cursor<In>)>;

    paipa::detail::step_head head;
    builder build_it;
    inline_maker make_it_inline;
};

/// Found by the chain, which calls it for each definition.
template <class In, class Out, class Cursor>
auto make_inline(const erased_def<In, Out>& def, paipa::detail::inline_run& run,
                 const std::string& name, const paipa::step_options& options, Cursor input) {
    return def.make_it_inline(run, name, options, any_cursor<In>::of(std::move(input)));
}

template <class Out, class Def, class In>
erased_def<In, Out> erase_def(const Def& def, std::type_identity<In>) {
    return {
        def.head,
        [def](paipa::detail::stage_builder& to, const paipa::detail::stage_builder::place& where) {
            def.template build<In>(to, where);
        },
        [def](paipa::detail::inline_run& run, const std::string& name, const paipa::step_options& o,
              any_cursor<In> input) -> std::unique_ptr<paipa::detail::inline_outputs<Out>> {
            return make_inline(def, run, name, o, std::move(input));
        }};
}

/// Of a flow of one step.
template <class In, class Out, class Def>
erased_def<In, Out> erase(const paipa::flow<Def>& f) {
    return erase_def<Out>(std::get<0>(paipa::detail::flow_access::defs(f)),
                          std::type_identity<In>{});
}

using plain_step = erased_def<token, token>;

plain_step make_plain(const std::string& name, const script& s);
erased_def<token, pack> make_chunk(const std::string& name, const script& s);
erased_def<pack, token> make_flatten(const std::string& name, const script& s);

// One per kind of coroutine or class, in files of their own, to compile in parallel.
plain_step make_function(const std::string& name, const script& s);
plain_step make_stock(const std::string& name, const script& s);
plain_step make_stateful(const std::string& name, const script& s);

paipa::step_options options_of(const step_plan& s);

}  // namespace model
#endif
