#ifndef PAIPA_DETAIL_LAZY_STAGE_CURSOR_HPP
#define PAIPA_DETAIL_LAZY_STAGE_CURSOR_HPP
#include <paipa/detail/lazy/inline_run.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace paipa::detail {

/// The outputs of an inline step.
template <class Stage>
class stage_cursor {
public:
    using value = typename Stage::output;
    using reference = value&&;

    explicit stage_cursor(Stage& stage) noexcept : stage_(&stage) {}

    bool next() { return stage_->next(); }

    reference item() { return std::move(stage_->current()); }

private:
    Stage* stage_;  // the run keeps it
};

/// The last cursor of a chain that has steps with hooks: when the walk ends, or something throws,
/// the run ends.
template <class Base>
class guarded_cursor {
public:
    using value = typename Base::value;
    using reference = typename Base::reference;

    guarded_cursor(Base base, inline_run& run) : base_(std::move(base)), run_(&run) {}

    bool next() {
        try {
            const bool more = base_.next();
            if (!more) {
                run_->end_walk();
            }
            return more;
        } catch (...) {
            run_->fail("source", "source", 0, std::current_exception());
            throw;
        }
    }

    reference item() { return base_.item(); }

private:
    Base base_;
    inline_run* run_;
};

/// The last cursor in front of a `threaded` step: the thread that walks it starts the run of the
/// steps in front, and ends it when it leaves.
template <class Base>
class segment_cursor {
public:
    using value = typename Base::value;
    using reference = typename Base::reference;

    segment_cursor(Base base, inline_run& run) : base_(std::move(base), run), run_(&run) {}

    bool next() {
        if (!run_->has_started()) {
            run_->start();
        }
        return base_.next();
    }

    reference item() { return base_.item(); }

private:
    struct leave {
        void operator()(inline_run* run) const noexcept { run->stop(); }
    };

    guarded_cursor<Base> base_;
    std::unique_ptr<inline_run, leave> run_;  // not ours, but its end is
};

}  // namespace paipa::detail
#endif
