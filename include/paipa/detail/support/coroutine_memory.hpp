#ifndef PAIPA_DETAIL_SUPPORT_COROUTINE_MEMORY_HPP
#define PAIPA_DETAIL_SUPPORT_COROUTINE_MEMORY_HPP
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// Base of a coroutine's promise: takes the frame's memory from an allocator. `Allocator` void
/// means any one, passed to the coroutine as `(std::allocator_arg, allocator, ...)`, else the heap.
///
/// The compilers align what lies in a frame as if the frame had been aligned for it, and say
/// nothing of that to `operator new`: the frame is aligned for `Item` and the parameters. It is
/// followed by a note on how to free it.
template <class Allocator, class Item>
class coroutine_memory {
    static constexpr std::size_t least = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

    template <std::size_t Alignment>
    struct alignas(Alignment) unit {
        std::byte bytes[Alignment];
    };

    template <class T>
    static consteval std::size_t alignment_of() {
        if constexpr (std::is_object_v<T> && requires { sizeof(T); }) {
            return alignof(T);
        } else {
            return 1;  // a reference to a function, or to what nobody knows here
        }
    }

    template <class... Args>
    static constexpr std::size_t alignment =
        std::max({least, alignment_of<Item>(), alignment_of<Args>()...});

    using free_function = void (*)(void* frame, std::size_t size) noexcept;

    template <class A, std::size_t Alignment>
    using units_of = typename std::allocator_traits<A>::template rebind_alloc<unit<Alignment>>;

    template <class A, std::size_t Alignment>
    struct note {
        free_function free;
        units_of<A, Alignment> allocator;
    };

    static void* note_behind(void* frame, std::size_t size) noexcept {
        return static_cast<std::byte*>(frame) + (size + least - 1) / least * least;
    }

    template <class A, std::size_t Alignment>
    static constexpr std::size_t units(std::size_t size) noexcept {
        return (size + least - 1 + sizeof(note<A, Alignment>) + Alignment - 1) / Alignment;
    }

    template <std::size_t Alignment, class A>
    static void* allocate(const A& a, std::size_t size) {
        units_of<A, Alignment> from(a);
        using memory = std::allocator_traits<units_of<A, Alignment>>;
        void* const frame = memory::allocate(from, units<A, Alignment>(size));
        ::new (note_behind(frame, size))
            note<A, Alignment>{&release<A, Alignment>, std::move(from)};
        return frame;
    }

    template <class A, std::size_t Alignment>
    static void release(void* frame, std::size_t size) noexcept {
        using memory = std::allocator_traits<units_of<A, Alignment>>;
        auto* const n = std::launder(static_cast<note<A, Alignment>*>(note_behind(frame, size)));
        units_of<A, Alignment> to(std::move(n->allocator));
        std::destroy_at(n);
        memory::deallocate(to, static_cast<unit<Alignment>*>(frame), units<A, Alignment>(size));
    }

    using plain =
        std::conditional_t<std::is_void_v<Allocator>, std::allocator<std::byte>, Allocator>;

    template <class A>
    static constexpr bool fits = std::is_void_v<Allocator> || std::convertible_to<const A&, plain>;

public:
    static void* operator new(std::size_t size)
        requires std::default_initializable<plain>
    {
        return allocate<alignment<>>(plain(), size);
    }

    /// Not for all: g++ 12 would warn of every coroutine with parameters.
    template <class... Args>
        requires(std::default_initializable<plain> && alignment<Args...> > alignment<>)
    static void* operator new(std::size_t size, const Args&...) {
        return allocate<alignment<Args...>>(plain(), size);
    }

    template <class A, class... Args>
        requires fits<A>
    static void* operator new(std::size_t size, std::allocator_arg_t, const A& a, const Args&...) {
        return allocate<alignment<Args...>>(choose(a), size);
    }

    template <class This, class A, class... Args>
        requires fits<A>
    static void* operator new(std::size_t size, const This&, std::allocator_arg_t, const A& a,
                              const Args&...) {
        return allocate<alignment<Args...>>(choose(a), size);
    }

    static void operator delete(void* frame, std::size_t size) noexcept {
        // Every note begins with the function that knows the rest of it.
        (*std::launder(static_cast<free_function*>(note_behind(frame, size))))(frame, size);
    }

private:
    template <class A>
    static decltype(auto) choose(const A& a) {
        if constexpr (std::is_void_v<Allocator>) {
            return (a);
        } else {
            return plain(a);
        }
    }
};

}  // namespace paipa::detail
#endif
