#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <new>

namespace paipa::detail {
namespace {

constexpr std::size_t least_cells = 8;

}  // namespace

ring::~ring() {
    drop(final_outcome::abandoned);
}

void ring::drop(final_outcome o) noexcept {
    in_runs(first_, size_,
            [this, o](std::size_t i, std::size_t, std::size_t n) { row_.drop(i, n, o); });
    size_ = 0;
}

/// Calls `f(place, items before, items)` for the one or two runs of cells that `n` items from place
/// `at` on make.
template <class F>
void ring::in_runs(std::size_t at, std::size_t n, F f) noexcept {
    if (n == 0) {
        return;
    }
    const std::size_t i = at & (row_.cells() - 1);
    const std::size_t whole = std::min(n, row_.cells() - i);
    f(i, std::size_t{0}, whole);
    if (whole < n) {
        f(std::size_t{0}, whole, n - whole);
    }
}

void ring::take_in(row& from, std::size_t i, std::size_t n) noexcept {
    in_runs(first_ + size_, n, [&](std::size_t at, std::size_t before, std::size_t run) {
        row_.take_in(at, from, i + before, run);
    });
    size_ += n;
}

void ring::hand_out(row& to, std::size_t n) noexcept {
    in_runs(first_, n, [&](std::size_t i, std::size_t before, std::size_t run) {
        to.take_in(before, row_, i, run);
    });
    if (n > 0) {
        first_ = (first_ + n) & (row_.cells() - 1);
        size_ -= n;
    }
}

void ring::shrink(std::size_t needed) noexcept {
    constexpr std::size_t far_more = 8;
    if (row_.cells() / far_more < std::max(needed, least_cells)) {
        return;
    }
    try {
        resize(2 * needed);
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): then it stays
    }
}

void ring::resize(std::size_t cells) {
    row other(*type_, std::bit_ceil(std::max(cells, least_cells)), with_tickets_);
    const std::size_t kept = size_;
    hand_out(other, kept);
    row_.swap(other);
    first_ = 0;
    size_ = kept;
}

}  // namespace paipa::detail
