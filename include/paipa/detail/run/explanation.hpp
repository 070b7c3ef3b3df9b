#ifndef PAIPA_DETAIL_RUN_EXPLANATION_HPP
#define PAIPA_DETAIL_RUN_EXPLANATION_HPP
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <string>

namespace paipa::detail {

class intake;
struct graph;
struct worker_context;

/// Tells in words what a run does at the moment, and what would end a wait for it.
///
/// Threads: all calls from any thread.
class explanation {
public:
    explanation(runtime& rt, const graph& g, const intake& in) noexcept
        : rt_(rt), graph_(g), intake_(in) {}

    /// A line for each edge and each thread.
    [[nodiscard]] std::string text() const;

    /// One sentence that names the event that would end the wait for a run that stands still.
    [[nodiscard]] std::string way_out() const;

private:
    [[nodiscard]] static std::string describe(const std::string& name, const worker_context& w,
                                              time_point now);

    runtime& rt_;
    const graph& graph_;
    const intake& intake_;
};

/// "1.5 s"
[[nodiscard]] std::string in_seconds(duration d);

}  // namespace paipa::detail
#endif
