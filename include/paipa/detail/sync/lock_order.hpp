#ifndef PAIPA_DETAIL_SYNC_LOCK_ORDER_HPP
#define PAIPA_DETAIL_SYNC_LOCK_ORDER_HPP

namespace paipa::detail {

/// The order in which one thread takes mutexes: while it holds one it takes only later ones. So no
/// two threads ever wait for each other's mutex.
enum class lock_order : unsigned char {
    /// The log's. Its hook is user code, which runs under it and may use the library.
    log,
    /// An edge's. Then that of the edge in front of it: a reader behind an ordered step takes what
    /// the step has done, see `edge::pull`.
    edge,
    /// That of a run's sources. Then that of its state.
    intake,
    /// That of a run's state. Then that of its failures, or of its results' readers.
    lifecycle,
    /// Any that is not named here.
    other,
    /// That of all seats: a thread gets its seat when it first waits, under any mutex.
    seats
};

#ifdef PAIPA_CHECK_LOCK_ORDER

/// Ends the program when a thread breaks the order. Only the presets of clang define the macro: all
/// of a program has to agree on it, as a mutex is larger then. One of them for each mutex.
class lock_order_check {
public:
    constexpr explicit lock_order_check(lock_order place) noexcept : place_(place) {}

    /// The holder of this one's mutex may take that one's. A mutex comes next behind one other at
    /// most. Before anybody locks them.
    void set_next(lock_order_check& next) const noexcept { next.behind_ = this; }

    void before_lock() const noexcept;
    void locked() const noexcept;
    void before_unlock() const noexcept;

    /// The calling thread holds no mutex: it is about to run user code.
    static void none_is_held() noexcept;

private:
    [[nodiscard]] bool may_come_before(const lock_order_check& other) const noexcept {
        return place_ < other.place_ || other.behind_ == this;
    }

    const lock_order place_;
    const lock_order_check* behind_ = nullptr;
};

#else

/// Checks nothing.
class lock_order_check {
public:
    constexpr explicit lock_order_check(lock_order /*place*/) noexcept {}

    void set_next(lock_order_check& /*next*/) const noexcept {}

    void before_lock() const noexcept {}

    void locked() const noexcept {}

    void before_unlock() const noexcept {}

    static void none_is_held() noexcept {}
};

#endif

}  // namespace paipa::detail
#endif
