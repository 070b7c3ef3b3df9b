#ifndef PAIPA_DETAIL_STAGE_SLEEP_HPP
#define PAIPA_DETAIL_STAGE_SLEEP_HPP
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <stop_token>

namespace paipa::detail {

/// Waits without using the processor. Returns false as soon as a stop is requested.
bool sleep_until(runtime& rt, const std::stop_token& token, time_point until);

/// The same on a worker's thread, whose item waits for its next try in the worker's hand. The
/// worker's time is booked so. False: nobody wants more of the step.
bool wait_to_retry(runtime& rt, const step_base& step, time_point until);

}  // namespace paipa::detail
#endif
