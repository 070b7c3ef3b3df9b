#ifndef PAIPA_DETAIL_STAGE_STEP_BASE_HPP
#define PAIPA_DETAIL_STAGE_STEP_BASE_HPP
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/sync/lock.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/stop_signal.hpp>
#include <paipa/options.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

namespace paipa::detail {

/// What a worker sees of its step.
class step_base {
public:
    step_base(std::string text, const step_options& o) : name(std::move(text)), options(o) {}

    step_base(const step_base&) = delete;
    step_base& operator=(const step_base&) = delete;

    const std::string name;
    const step_options options;  // resolved: nothing is inherited any more
    const failure_policy policy{options};
    std::size_t position = 0;  // in the flow, from 0; set once, before the start

    stop_signal stop;  // nobody wants more of it

    // The object that the workers share, see `worker::storage`.
    mutex storage_mutex;
    std::unique_ptr<lock> storage_lock PAIPA_GUARDED_BY(storage_mutex);  // made once
    const std::type_info* storage_type PAIPA_GUARDED_BY(storage_mutex) = nullptr;
    std::shared_ptr<void> storage;  // guarded by the lock, like what it points to

protected:
    ~step_base() = default;
};

}  // namespace paipa::detail
#endif
