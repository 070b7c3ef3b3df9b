#ifndef PAIPA_ENGINE_COROUTINE_MEMORY_HPP
#define PAIPA_ENGINE_COROUTINE_MEMORY_HPP
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace paipa::engine {

/// What a frame with items of type `T` needs; nobody tells `operator new`.
template <class T>
consteval std::size_t frame_alignment() {
    std::size_t needed = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
    if constexpr (requires { alignof(T); }) {  // complete
        needed = std::max(needed, alignof(T));
    }
    return needed;
}

/// Base of a coroutine's promise: takes the frame's memory from an allocator. `Allocator` void
/// means any one, passed to the coroutine as `(std::allocator_arg, allocator, ...)`, else the heap.
///
/// The frame is followed by a note on how to free it.
template <class Allocator, std::size_t Alignment>
class coroutine_memory {
    struct alignas(Alignment) unit {
        std::byte bytes[Alignment];
    };

    using free_function = void (*)(void* frame, std::size_t size) noexcept;

    template <class A>
    using units_of = typename std::allocator_traits<A>::template rebind_alloc<unit>;

    template <class A>
    struct note {
        free_function free;
        units_of<A> allocator;
    };

    static constexpr std::size_t units(std::size_t bytes) noexcept {
        return (bytes + sizeof(unit) - 1) / sizeof(unit);
    }

    template <class A>
    static void* allocate(const A& a, std::size_t size) {
        units_of<A> from(a);
        const std::size_t all = units(size) + units(sizeof(note<A>));
        unit* const frame = std::allocator_traits<units_of<A>>::allocate(from, all);
        ::new (static_cast<void*>(frame + units(size))) note<A>{&release<A>, std::move(from)};
        return frame;
    }

    template <class A>
    static void release(void* frame, std::size_t size) noexcept {
        auto* const first = static_cast<unit*>(frame);
        auto* const n = std::launder(reinterpret_cast<note<A>*>(first + units(size)));
        units_of<A> to(std::move(n->allocator));
        std::destroy_at(n);
        std::allocator_traits<units_of<A>>::deallocate(to, first,
                                                       units(size) + units(sizeof(note<A>)));
    }

    using plain = std::conditional_t<std::is_void_v<Allocator>, std::allocator<unit>, Allocator>;

    template <class A>
    static constexpr bool fits = std::is_void_v<Allocator> || std::convertible_to<const A&, plain>;

public:
    static void* operator new(std::size_t size)
        requires std::default_initializable<plain>
    {
        return allocate(plain(), size);
    }

    template <class A, class... Args>
        requires fits<A>
    static void* operator new(std::size_t size, std::allocator_arg_t, const A& a, const Args&...) {
        return allocate(choose(a), size);
    }

    template <class This, class A, class... Args>
        requires fits<A>
    static void* operator new(std::size_t size, const This&, std::allocator_arg_t, const A& a,
                              const Args&...) {
        return allocate(choose(a), size);
    }

    static void operator delete(void* frame, std::size_t size) noexcept {
        // Every note begins with the function that knows the rest of it.
        auto* const first = static_cast<unit*>(frame);
        (*std::launder(reinterpret_cast<free_function*>(first + units(size))))(frame, size);
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

}  // namespace paipa::engine
#endif
