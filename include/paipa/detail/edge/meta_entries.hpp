#ifndef PAIPA_DETAIL_EDGE_META_ENTRIES_HPP
#define PAIPA_DETAIL_EDGE_META_ENTRIES_HPP
#include <any>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace paipa::detail {

struct meta_entry {
    std::uint64_t position;  // as many items were pushed before it
    std::any value;
};

/// The meta entries that wait in an edge, first in, first out.
///
/// Cost: constant per entry, on average; no memory without entries.
class meta_entries {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == entries_.size(); }

    [[nodiscard]] meta_entry& front() noexcept { return entries_[first_]; }

    [[nodiscard]] const meta_entry& front() const noexcept { return entries_[first_]; }

    /// The next `push` needs no memory.
    void make_room() {
        if (entries_.size() == entries_.capacity()) {
            entries_.reserve(2 * entries_.size() + 1);
        }
    }

    void push(meta_entry entry) { entries_.push_back(std::move(entry)); }

    /// The rest moves up only when at least as many have gone since it last did.
    void pop() noexcept {
        ++first_;
        if (2 * first_ >= entries_.size()) {
            entries_.erase(entries_.begin(),
                           entries_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
    }

    void swap(meta_entries& other) noexcept {
        entries_.swap(other.entries_);
        std::swap(first_, other.first_);
    }

private:
    std::vector<meta_entry> entries_;
    std::size_t first_ = 0;  // those in front of it have passed, and are empty
};

}  // namespace paipa::detail
#endif
