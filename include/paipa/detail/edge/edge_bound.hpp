#ifndef PAIPA_DETAIL_EDGE_EDGE_BOUND_HPP
#define PAIPA_DETAIL_EDGE_EDGE_BOUND_HPP
#include <algorithm>
#include <cstddef>

namespace paipa::detail {

/// How many items an edge may hold at present; guarded by the edge's mutex.
///
/// A declared capacity holds as it is. Without one the bound follows the readers' measured speed,
/// since an item may be a handle to any amount of memory: it begins small, at most doubles from one
/// batch to the next, and falls back as soon as the readers are slow. More than they work through
/// in a millisecond does not make a pipeline faster.
class edge_bound {
public:
    enum class rule {
        declared,        ///< Always the capacity.
        readers_speed,   ///< What the readers work through in a millisecond; at least a few items.
        readers_batches  ///< What the readers take at once: what is in front holds the rest.
    };

    static constexpr std::size_t least = 16;
    static constexpr std::size_t least_per_reader = 2;

    explicit edge_bound(std::size_t capacity) noexcept : capacity_(capacity), now_(capacity) {}

    void follow(rule r) noexcept {
        rule_ = r;
        now_ = r == rule::declared ? capacity_ : std::min(capacity_, floor(0));
    }

    /// The bound on the bound.
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    [[nodiscard]] std::size_t now() const noexcept { return now_; }

    /// Items that one reader may take at once. Some remain for other readers and for the writers.
    [[nodiscard]] std::size_t share() const noexcept {
        return std::max<std::size_t>(1, rule_ == rule::readers_batches ? now_ : now_ / 4);
    }

    /// One of the readers works through `per_millisecond` items, and takes `batch` next.
    void measure(std::size_t readers, double per_millisecond, std::size_t batch) noexcept {
        if (rule_ == rule::declared) {
            return;
        }
        const double one =
            rule_ == rule::readers_speed ? per_millisecond : static_cast<double>(batch);
        const double all = std::min(one * static_cast<double>(readers), most);
        const std::size_t lowest = floor(readers);
        now_ = std::min({std::max(static_cast<std::size_t>(all), lowest),
                         std::max(2 * now_, lowest), capacity_});
    }

private:
    static constexpr double most = 1e9;  // any number that no capacity reaches

    [[nodiscard]] std::size_t floor(std::size_t readers) const noexcept {
        return rule_ == rule::readers_speed ? std::max(least, least_per_reader * readers)
                                            : std::max<std::size_t>(1, readers);
    }

    const std::size_t capacity_;
    std::size_t now_;
    rule rule_ = rule::declared;
};

}  // namespace paipa::detail
#endif
