#ifndef PAIPA_ENGINE_GENERATOR_PROMISE_HPP
#define PAIPA_ENGINE_GENERATOR_PROMISE_HPP
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::engine {

/// Asks `co_yield` for all elements of a range, one after the other.
template <std::ranges::range R, class Allocator = std::allocator<std::byte>>
struct elements_of {
    // A constructor, not an aggregate: g++ 12 destroys braced aggregates beside co_yield twice.
    // NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved): R may be an lvalue's type
    explicit elements_of(R&& r, Allocator a = {}) : range(std::forward<R>(r)), allocator(a) {}

    R range;
    Allocator allocator;
};

template <class R, class Allocator = std::allocator<std::byte>>
elements_of(R&&, Allocator = {}) -> elements_of<R&&, Allocator>;

/// The part of a generator's promise that nested generators share.
///
/// Nested generators form a chain from the outermost one (the root, which the user iterates) to the
/// innermost one that runs. `advance` resumes the innermost in a loop until there is an item or the
/// root has ended: control always returns there, so neither the number of items nor the depth of
/// nesting grows the stack, on any compiler and at any optimisation.
template <class Yielded>
class generator_promise {
    using handle = std::coroutine_handle<>;

public:
    generator_promise(const generator_promise&) = delete;
    generator_promise& operator=(const generator_promise&) = delete;

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

    [[nodiscard]] std::suspend_always final_suspend() noexcept {
        nested_ = this;
        return {};
    }

    std::suspend_always yield_value(Yielded item) noexcept {
        root_->current = std::addressof(item);
        return {};
    }

    /// A const lvalue is copied; the copy lives in the coroutine until it is resumed.
    auto yield_value(const std::remove_reference_t<Yielded>& item)
        requires(std::is_rvalue_reference_v<Yielded> &&
                 std::constructible_from<std::remove_cvref_t<Yielded>,
                                         const std::remove_reference_t<Yielded>&>)
    {
        return copied(*this, item);
    }

    /// `G` is a generator (rvalue or lvalue) with the same yielded type; it is moved from.
    template <class G, class A>
        requires std::same_as<typename std::remove_cvref_t<G>::yielded, Yielded>
    auto yield_value(elements_of<G, A> all) noexcept {
        return nested<std::remove_cvref_t<G>>(*this, std::move(all.range));
    }

    void await_transform() = delete;  // a generator only yields

    void return_void() const noexcept {}

    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    /// Root only: runs to the next item. Throws what left the outermost body.
    template <class Promise>
    void advance(std::coroutine_handle<Promise> self) {
        if (nested_ == nullptr) [[likely]] {
            self.resume();
            if (nested_ == nullptr) [[likely]] {
                return;
            }
        }
        advance_nested();
    }

    [[nodiscard]] bool at_end() const noexcept { return nested_ == this; }

    /// Before this generator is destroyed: destroys those nested in it from the innermost out,
    /// without recursion. Nested ones have nothing to do: their root does it.
    void destroy_nested() noexcept {
        while (nested_ != nullptr && nested_ != this) {
            generator_promise& inner = *nested_;
            leave(inner);
            inner.owner_->release();
        }
    }

    /// Throws what left the body, once.
    void rethrow() {
        if (error_ != nullptr) {
            std::rethrow_exception(std::exchange(error_, nullptr));
        }
    }

    std::add_pointer_t<Yielded> current = nullptr;  // root only

protected:
    explicit generator_promise(handle self) noexcept : self_(self) {}

    ~generator_promise() = default;

private:
    /// Whoever holds a nested generator, to destroy it before its own destructor would.
    struct owner {
        virtual void release() noexcept = 0;

    protected:
        ~owner() = default;
    };

    [[gnu::noinline]] void advance_nested() {
        while (!at_end()) {
            generator_promise* const inner = nested_;
            generator_promise& running = inner != nullptr ? *inner : *this;
            running.self_.resume();
            if (nested_ != inner) {
                continue;  // a nested generator has begun, or the root has ended
            }
            if (inner == nullptr || !inner->at_end()) {
                return;  // an item
            }
            leave(*inner);  // its `nested` awaiter rethrows where it was nested
        }
        rethrow();
    }

    /// Root only: goes on with the generator around `inner`.
    void leave(const generator_promise& inner) noexcept {
        nested_ = inner.outer_ == this ? nullptr : inner.outer_;
    }

    struct copied {
        copied(generator_promise& p, const std::remove_reference_t<Yielded>& item)
            : promise(p), copy(item) {}

        [[nodiscard]] bool await_ready() const noexcept { return false; }

        void await_suspend(handle) noexcept { promise.root_->current = std::addressof(copy); }

        void await_resume() const noexcept {}

        generator_promise& promise;
        std::remove_cvref_t<Yielded> copy;
    };

    template <class G>
    struct nested final : owner {
        nested(generator_promise& outer, G g) noexcept : outer_(outer), inner_(std::move(g)) {}

        [[nodiscard]] bool await_ready() const noexcept {
            return !inner_.coroutine_ || inner_.coroutine_.promise().at_end();
        }

        void await_suspend(handle) noexcept {
            generator_promise& p = inner_.coroutine_.promise();
            p.root_ = outer_.root_;
            p.outer_ = &outer_;
            p.owner_ = this;
            p.nested_ = nullptr;
            outer_.root_->nested_ = &p;
        }

        void await_resume() {
            if (inner_.coroutine_) {
                inner_.coroutine_.promise().rethrow();
            }
        }

        void release() noexcept override { std::exchange(inner_.coroutine_, {}).destroy(); }

    private:
        generator_promise& outer_;
        G inner_;
    };

    handle self_;
    generator_promise* root_ = this;
    generator_promise* outer_ = nullptr;
    // Null: it runs alone. Itself: it has ended. Else, of a root: the innermost one nested in it.
    generator_promise* nested_ = nullptr;
    owner* owner_ = nullptr;
    std::exception_ptr error_;
};

}  // namespace paipa::engine
#endif
