#ifndef PAIPA_DETAIL_SUPPORT_GENERATOR_PROMISE_HPP
#define PAIPA_DETAIL_SUPPORT_GENERATOR_PROMISE_HPP
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

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

/// A generator of the library yields this in front of an item that it makes only when somebody asks
/// for it, by `*` or by a look at the end. The `co_yield` gives true if nobody asked: then `++`
/// passes the item unseen.
struct when_asked {};

/// A generator that can be nested as it is in one that yields `Yielded`.
template <class G, class Yielded>
concept yields = std::same_as<typename std::remove_cvref_t<G>::yielded, Yielded>;

/// The part of a generator's promise that nested generators share.
///
/// Nested generators form a chain from the outermost one (the root, which the user iterates) to the
/// innermost one that runs. The code that iterates resumes the innermost one until there is an item
/// or the root has ended. Control always returns to that code, so neither the number of items nor
/// the depth of nesting grows the stack, on any compiler and at any optimisation. A generator that
/// yields tells the root where the item is. One that begins a nested generator, or ends, leaves the
/// root without an item.
template <class Yielded>
class generator_promise {
    using handle = std::coroutine_handle<>;

public:
    generator_promise(const generator_promise&) = delete;
    generator_promise& operator=(const generator_promise&) = delete;

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

    [[nodiscard]] std::suspend_always final_suspend() noexcept {
        ended_ = true;
        root_->current = nullptr;
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
        return copied(root_->current, item);
    }

    /// `G` is a generator (rvalue or lvalue) with the same yielded type; it is moved from.
    template <class G, class A>
        requires yields<G, Yielded>
    auto yield_value(elements_of<G, A> all) noexcept {
        return nested<std::remove_cvref_t<G>>(*this, std::move(all.range));
    }

    auto yield_value(when_asked) noexcept {
        root_->current = nullptr;
        root_->waits_ = true;
        return unmade{*this};
    }

    void await_transform() = delete;  // a generator only yields

    void return_void() const noexcept {}

    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    /// Root only: goes one step, mostly to an item; where there is none, `advance_further` follows.
    /// Two calls, so that an iterator in a coroutine's frame keeps no register over the step.
    template <class Promise>
    void resume(std::coroutine_handle<Promise> self) {
        if (has_nested()) [[unlikely]] {
            nested_->self_.resume();
        } else {
            self.resume();
        }
    }

    /// Root only: runs on to an item from the beginning, and where a nested generator has begun or
    /// ended. Throws what left the outermost body.
    [[gnu::noinline]] void advance_further() {
        while (current == nullptr && !at_end() && !waits_) {
            if (has_nested() && nested_->at_end()) {
                leave(*nested_);  // its `nested` awaiter rethrows where it was nested
            }
            (has_nested() ? nested_ : this)->self_.resume();
        }
        if (at_end()) {
            rethrow();
        }
    }

    /// Root only, where `current` is null: makes the item that waits to be asked for, if one does.
    [[gnu::noinline]] std::add_pointer_t<Yielded> make_asked() {
        if (std::exchange(waits_, false)) {
            advance_further();
        }
        return current;
    }

    [[nodiscard]] bool at_end() const noexcept { return ended_; }

    [[nodiscard]] bool has_nested() const noexcept { return nested_ != nullptr; }

    /// Before this generator is destroyed: destroys those nested in it from the innermost out,
    /// without recursion. Nested ones have nothing to do: their root does it. Not inline: whoever
    /// holds a generator is a coroutine, which would save more registers at each resumption.
    [[gnu::noinline]] void destroy_nested() noexcept {
        while (has_nested()) {
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

    std::add_pointer_t<Yielded> current = nullptr;  // root only; null: not at an item

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

    /// Root only: goes on with the generator around `inner`.
    void leave(const generator_promise& inner) noexcept {
        nested_ = inner.outer_ == this ? nullptr : inner.outer_;
    }

    /// Made where it stays: in the frame.
    struct copied : std::suspend_always {
        copied(std::add_pointer_t<Yielded>& current, const std::remove_reference_t<Yielded>& item)
            : copy(item) {
            current = std::addressof(copy);
        }

        copied(const copied&) = delete;
        copied& operator=(const copied&) = delete;
        ~copied() = default;

        std::remove_cvref_t<Yielded> copy;
    };

    struct unmade : std::suspend_always {
        explicit unmade(generator_promise& p) noexcept : promise(p) {}

        [[nodiscard]] bool await_resume() const noexcept {
            return std::exchange(promise.root_->waits_, false);
        }

        generator_promise& promise;
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
            outer_.root_->current = nullptr;
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

    const handle self_;
    generator_promise* root_ = this;
    generator_promise* outer_ = nullptr;
    generator_promise* nested_ = nullptr;  // root only: the innermost one nested in it
    owner* owner_ = nullptr;
    std::exception_ptr error_;
    bool ended_ = false;
    bool waits_ = false;  // root only: the next item is made when it is asked for
};

}  // namespace paipa::detail
#endif
