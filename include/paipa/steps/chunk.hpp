#ifndef PAIPA_STEPS_CHUNK_HPP
#define PAIPA_STEPS_CHUNK_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/stock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/lazy/chunk_cursor.hpp>
#include <paipa/error.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace paipa {

namespace detail {

struct chunk_stock {
    static constexpr bool is_loop_step = true;
    static constexpr bool keeps_back = true;

    template <class Base>
    auto lazy(Base base) const {
        return chunk_cursor<Base>(std::move(base), size);
    }

    template <class T>
    class kernel {
    public:
        using input = T;
        using output = std::vector<T>;
        static constexpr bool many_outputs = false;
        static constexpr bool can_keep = true;  // the step's own code cannot fail

        explicit kernel(const chunk_stock& s) : size_(s.size) {}

        template <class E>
        outcome process(T& item, bool, E& out) {
            items_.push_back(std::move(item));
            if (items_.size() >= size_) {
                flush(out);
            }
            return outcome::finished;
        }

        /// Sends what there is, if anything.
        template <class E>
        void flush(E& out) {
            if (!items_.empty()) {
                out(std::exchange(items_, {}));
            }
        }

        [[nodiscard]] std::size_t kept() const noexcept { return items_.size(); }

    private:
        std::size_t size_;
        std::vector<T> items_;
    };

    template <std::size_t, class>
    static consteval bool check() {
        return true;
    }

    std::size_t size;
};

}  // namespace detail

/// Groups items into vectors of `size`. The items that are left at the end, or in front of a meta
/// entry, make a shorter one. Each worker fills a chunk of its own.
///
/// Errors: `config_error` for size 0.
template <class Stock = detail::chunk_stock>
[[nodiscard]] auto chunk(std::size_t size) {
    if (size == 0) {
        throw config_error("paipa::chunk: size: expected at least 1, got 0");
    }
    return detail::stock_flow("chunk", Stock{size});
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
