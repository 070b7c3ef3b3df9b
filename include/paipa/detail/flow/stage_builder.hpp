#ifndef PAIPA_DETAIL_FLOW_STAGE_BUILDER_HPP
#define PAIPA_DETAIL_FLOW_STAGE_BUILDER_HPP
#include <cstddef>
#include <memory>
#include <vector>

namespace paipa::detail {

class edge;
class item_worker_maker;
class iter_worker_maker;
struct kernel_facts;
struct way;

/// A definition gives its workers for a run on threads to a builder. `run_builder` makes a stage of
/// them, so a program that defines steps does not compile what a stage consists of.
class stage_builder {
public:
    /// Where a step stands: behind which edge, and with which ways out.
    struct place {
        std::size_t first;  // of its steps, where several are fused to one
        std::size_t count;
        edge& in;
        std::vector<way> ways;  // none: nobody wants the outputs
    };

    stage_builder() = default;
    stage_builder(const stage_builder&) = delete;
    stage_builder& operator=(const stage_builder&) = delete;

    /// A step that works item by item. Throws `config_error` where it must keep failed items, and
    /// cannot.
    virtual void add_item_stage(const place& where, bool emits, bool can_keep,
                                const kernel_facts& facts,
                                std::unique_ptr<const item_worker_maker> workers) = 0;

    /// A step from range to range.
    virtual void add_iter_stage(const place& where,
                                std::unique_ptr<const iter_worker_maker> workers) = 0;

protected:
    ~stage_builder() = default;
};

}  // namespace paipa::detail
#endif
