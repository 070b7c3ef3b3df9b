#ifndef PAIPA_DETAIL_KERNEL_KERNEL_CONCEPT_HPP
#define PAIPA_DETAIL_KERNEL_KERNEL_CONCEPT_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/time.hpp>

#include <any>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace paipa::detail {

struct worker_context;

/// Whether a kernel sends what it keeps back, and tells how many items that is.
template <class K>
concept flushes_what_it_keeps = requires(K& k, output<typename K::output>& out) {
    { k.kept() } noexcept -> std::convertible_to<std::size_t>;
    k.flush(out);
};

/// Whether a kernel hands out the item that its step gave back in the last call.
template <class K>
concept hands_out_what_came_back =
    requires(K& k, output<typename K::output>& out, worker_context& worker) {
        typename std::type_identity<typename K::given_type>;
        k.bind(out, worker);
        { k.given_back() } noexcept -> std::same_as<item_box&>;
        { k.due() } noexcept -> std::same_as<time_point>;
        { k.out_of_hand() } noexcept;
    };

/// Whether each function with the name of a hook can be called as one: `kernel_hooks` leaves out
/// what cannot be called.
template <class K>
concept has_callable_hooks =
    (!requires { &K::step_initialize; } || requires(K& k) { k.step_initialize(); }) &&
    (!requires { &K::initialize; } || requires(K& k) { k.initialize(); }) &&
    (!requires { &K::thread_initialize; } || requires(K& k) { k.thread_initialize(); }) &&
    (!requires { &K::thread_shutdown; } || requires(K& k) { k.thread_shutdown(); }) &&
    (!requires { &K::step_shutdown; } || requires(K& k) { k.step_shutdown(); }) &&
    (!requires { &K::idle; } || requires(K& k) { k.idle(); }) &&
    (!requires { &K::meta; } || requires(K& k, std::any m) {
        { k.meta(std::move(m)) } -> std::same_as<std::any>;
    }) && (!requires { &K::deadline; } || requires(K& k, time_point now) {
        { k.deadline(now) } -> std::same_as<time_point>;
    });

/// How a worker runs a step, item by item: a copy of the callable, and hooks where a step has some.
/// `many_outputs`: an item may have several outputs, or they may leave outside of `process`.
/// `can_keep`: `process` leaves the item whole where `keep` is true. Further members are optional;
/// `kernel_hooks` looks for them.
template <class K>
concept kernel =
    std::move_constructible<K> &&
    requires(K& k, typename K::input& item, bool keep, output<typename K::output>& out) {
        typename std::bool_constant<K::many_outputs>;
        typename std::bool_constant<K::can_keep>;
        { k.process(item, keep, out) } -> std::same_as<outcome>;
    } && has_callable_hooks<K> && (!requires(K& k) { k.kept(); } || flushes_what_it_keeps<K>) &&
    (!requires(K& k) { k.given_back(); } || hands_out_what_came_back<K>);

}  // namespace paipa::detail
#endif
