#include <paipa/detail/stage/sleep.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <stop_token>

namespace paipa::detail {

bool sleep_until(runtime& rt, const std::stop_token& token, time_point until) {
    seat& here = rt.here();
    // The callback runs on the thread that stops the run; the seat keeps the wake-up until we park.
    const std::stop_callback wake(token, [&rt, &here] { rt.unpark(here); });
    while (!token.stop_requested() && rt.now() < until) {
        rt.park(until);
    }
    return !token.stop_requested();
}

bool wait_to_retry(runtime& rt, const step_base& step, time_point until) {
    time_sheet& times = seat_access::worker(rt.here())->times;
    const back_to_work after(&times, rt);
    times.change(activity::waiting_to_retry, rt.now());
    return sleep_until(rt, step.stop.token(), until);
}

}  // namespace paipa::detail
