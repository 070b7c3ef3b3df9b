#ifndef PAIPA_TESTS_FAULT_PLAN_HPP
#define PAIPA_TESTS_FAULT_PLAN_HPP
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

// What goes wrong, and what is counted meanwhile, in the matrix of faults.

namespace fault {

/// Where a run can be made to throw.
enum class place {
    nowhere,
    source_begin,
    source_first,  // the first ++
    source_later,
    process,
    iter_before,  // its first item
    iter_after,
    constructor,  // and the hooks of a class step
    step_initialize,
    initialize,
    thread_initialize,
    thread_shutdown,
    step_shutdown,
    in_queue_empty,
    process_meta,
    move,
    copy
};

/// What is thrown: no `std::exception`, and it says where it comes from.
struct planned {
    place where;
};

/// Throws `planned` at the nth visit of one place in the step at one position.
class plan {
public:
    plan(place where, std::size_t position, std::size_t nth) noexcept
        : where_(where), position_(position), left_(static_cast<long>(nth)) {}

    void pass(place where, std::size_t position) {
        if (where == where_ && position == position_ && left_.fetch_sub(1) == 1) {
            blown_.store(true);
            throw planned{where};
        }
    }

    [[nodiscard]] place where() const noexcept { return where_; }

    [[nodiscard]] bool is_blown() const noexcept { return blown_.load(); }

private:
    const place where_;
    const std::size_t position_;
    std::atomic<long> left_;
    std::atomic<bool> blown_{false};
};

/// An item that owns memory and is counted while it lives. The throwing kind's move and copy pass
/// a plan that all items share: position 0 of `place::move` and `place::copy`.
template <bool MayThrow>
class cargo {
public:
    explicit cargo(long value) : value_(std::make_unique<long>(value)) { ++live; }

    cargo(const cargo& other) {
        if (plan* const p = items.load(); p != nullptr) {
            p->pass(place::copy, 0);
        }
        value_ = std::make_unique<long>(other.value());
        ++live;
    }

    cargo(cargo&& other) noexcept(!MayThrow) {
        if constexpr (MayThrow) {
            if (plan* const p = items.load(); p != nullptr) {
                p->pass(place::move, 0);
            }
        }
        value_ = std::move(other.value_);
        ++live;
    }

    cargo& operator=(const cargo&) = delete;
    cargo& operator=(cargo&&) = delete;

    ~cargo() { --live; }

    [[nodiscard]] long value() const noexcept { return value_ == nullptr ? -1 : *value_; }

    static inline std::atomic<long> live{0};
    static inline std::atomic<plan*> items{nullptr};

private:
    std::unique_ptr<long> value_;
};

/// The hooks of one step, counted.
struct hooks {
    std::atomic<int> made{0};
    std::atomic<int> unmade{0};
    std::atomic<int> step_initialized{0};
    std::atomic<int> initialized{0};
    std::atomic<int> thread_initialized{0};  // those that returned
    std::atomic<int> thread_shut{0};         // those that began
    std::atomic<int> step_shut{0};
    std::atomic<int> out_of_order{0};
};

}  // namespace fault
#endif
