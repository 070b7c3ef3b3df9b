#ifndef PAIPA_DETAIL_STAGE_RUN_BASE_HPP
#define PAIPA_DETAIL_STAGE_RUN_BASE_HPP
#include <paipa/runtime.hpp>

namespace paipa::detail {

/// What a worker sees of its run, on threads or inline.
class run_base {
public:
    explicit run_base(runtime& r) : rt(r) {}

    run_base(const run_base&) = delete;
    run_base& operator=(const run_base&) = delete;

    runtime& rt;

protected:
    ~run_base() = default;
};

}  // namespace paipa::detail
#endif
