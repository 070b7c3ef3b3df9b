#ifndef PAIPA_TESTING_SIMULATION_HPP
#define PAIPA_TESTING_SIMULATION_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/error.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace paipa::testing {

/// Nobody in the simulation can run and no timer is set: a deadlock. The text names who waits.
struct stalled_error final : error {
    using error::error;
};

/// A runtime for tests. Every worker is a fiber on the calling thread. One fiber runs at a time, in
/// an order drawn from a seed. The clock is virtual, and jumps to the next timer when nobody can
/// run.
///
/// Shape:   `sim.run(body)` runs `body` and everything it starts to its end. Pipelines made in it
///          with `.runtime = &sim` behave as on threads, and repeat exactly for the same seed. A
///          queue that feeds them takes the simulation too.
/// Units:   time starts at 0 and costs nothing: an hour passes in microseconds.
/// Threads: none; code in `body` must wait through the library or `sleep_for`, never in a loop.
/// Errors:  what `body` throws leaves through `run`; `stalled_error` when nobody can run.
/// Cost:    about a microsecond per switch; 256 KiB of address space per fiber.
/// Source:  CHESS, M. Musuvathi et al., OSDI 2008.
class simulation final : public runtime {
public:
    explicit simulation(std::uint64_t seed = 1);
    ~simulation() override;

    void run(const std::function<void()>& body);

    /// Lets virtual time pass for the caller; everybody else goes on.
    void sleep_for(duration time);

    /// Virtual time since the beginning.
    [[nodiscard]] duration elapsed() noexcept { return now().time_since_epoch(); }

    /// Switches from fiber to fiber so far: differs between schedules, equal for equal seeds.
    [[nodiscard]] std::uint64_t switches() const noexcept;

    std::unique_ptr<thread> spawn(const std::string& name, std::function<void()> body) override;
    time_point now() noexcept override;
    seat& here() override;
    void park(time_point until) override;
    void unpark(seat& where) noexcept override;
    void yield() noexcept override;

protected:
    void do_point() override;

private:
    class scheduler;
    std::unique_ptr<scheduler> scheduler_;
};

}  // namespace paipa::testing

#pragma GCC diagnostic pop
#endif
