#ifndef PAIPA_DETAIL_FLOW_HOOK_CHECK_HPP
#define PAIPA_DETAIL_FLOW_HOOK_CHECK_HPP
#include <any>
#include <type_traits>

namespace paipa::detail {

/// Whether a member of type `Member` may be a hook of the type `Hook`. A function of another type
/// hides the hook of `abstract_step`, and nobody calls it. Other members may have any name.
template <class Member, class Hook>
inline constexpr bool may_be_hook = !std::is_function_v<std::remove_pointer_t<Member>>;

template <class Function, class S, class Result, class... Args>
inline constexpr bool may_be_hook<Function S::*, Result(Args...)> =
    !std::is_function_v<Function> || std::is_same_v<Function, Result(Args...)> ||
    std::is_same_v<Function, Result(Args...) noexcept>;

}  // namespace paipa::detail

/// A static assertion for one hook of the class step `S`. Nothing can be said of a name that is
/// private or overloaded.
#define PAIPA_CHECK_HOOK(S, hook, result, parameter)                                        \
    if constexpr (requires { &S::hook; }) {                                                 \
        static_assert(paipa::detail::may_be_hook<decltype(&S::hook), result(parameter)>,    \
                      "paipa: " #hook                                                       \
                      " of this class step hides the hook of abstract_step, so "            \
                      "nobody would call it; declare it '" #result " " #hook "(" #parameter \
                      ") override'");                                                       \
    }

namespace paipa::detail {

/// Says which hook of the class step `S` would never be called.
template <class S>
consteval void check_hooks() {
    PAIPA_CHECK_HOOK(S, step_initialize, void, )
    PAIPA_CHECK_HOOK(S, initialize, void, )
    PAIPA_CHECK_HOOK(S, thread_initialize, void, )
    PAIPA_CHECK_HOOK(S, thread_shutdown, void, )
    PAIPA_CHECK_HOOK(S, step_shutdown, void, )
    PAIPA_CHECK_HOOK(S, in_queue_empty, void, )
    PAIPA_CHECK_HOOK(S, process_meta, std::any, std::any)
}

}  // namespace paipa::detail

#undef PAIPA_CHECK_HOOK
#endif
