#ifndef PAIPA_DETAIL_STAGE_ITER_WORKER_HPP
#define PAIPA_DETAIL_STAGE_ITER_WORKER_HPP
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/stage_worker.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>
#include <paipa/runtime.hpp>

#include <cstddef>
#include <memory>

namespace paipa::detail {

class iter_stage;

/// One worker of an `iter_stage`; `typed_iter_worker` has the range.
class iter_worker : public stage_worker {
public:
    iter_worker(iter_stage& s, std::size_t i);
    virtual ~iter_worker();

    /// Runs the worker's range to its end.
    virtual void run() = 0;

    bool in_hand = false;        // the inbox's taken item, until the next one is pulled
    ticket_in_hand hand{};       // of that item
    std::size_t pulled = 0;      // of this batch
    bool asked = false;          // for an item, since the last output
    const seat* home = nullptr;  // the worker's; nobody else may pull

protected:
    // Likewise, see `item_stage_worker`. `iter_stage` says what they do.
    [[nodiscard]] way to() const noexcept;
    void begin_input() noexcept;
    bool pull();

private:
    iter_stage& stage_;
};

/// Makes the workers of an `iter_stage`.
class iter_worker_maker {
public:
    virtual ~iter_worker_maker();
    [[nodiscard]] virtual std::unique_ptr<iter_worker> make(iter_stage& s,
                                                            std::size_t worker) const = 0;
};

}  // namespace paipa::detail
#endif
