#ifndef PAIPA_DETAIL_LAZY_MAKE_INLINE_HPP
#define PAIPA_DETAIL_LAZY_MAKE_INLINE_HPP
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/lazy/inline_iter_stage.hpp>
#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/inline_stage.hpp>
#include <paipa/options.hpp>

#include <memory>
#include <string>
#include <utility>

namespace paipa::detail {

/// Makes the step of a definition for a chain on the caller's thread, behind a cursor. For a run on
/// threads the definition has `build`. So a program compiles only the half that it uses.
template <class Def, class Cursor>
auto make_inline(const item_def<Def>& def, inline_run& run, const std::string& name,
                 const step_options& options, Cursor input) {
    using T = typename Cursor::value;
    using typed = inline_stage<Cursor, typename Def::template kernel_of<T>>;
    return std::make_unique<typed>(run, name, options, std::move(input),
                                   def.self().template kernel_maker<T>());
}

template <class G, class Cursor>
auto make_inline(const iter_def<G>& def, inline_run& run, const std::string& name,
                 const step_options& options, Cursor input) {
    using T = typename Cursor::value;
    using types = iter_def<G>;
    using typed =
        inline_iter_stage<Cursor, typename types::template range<T>,
                          typename types::template maker<T>, typename types::template output<T>>;
    return std::make_unique<typed>(run, name, options, std::move(input), *def.g);
}

}  // namespace paipa::detail
#endif
