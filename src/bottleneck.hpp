#ifndef PAIPA_BOTTLENECK_HPP
#define PAIPA_BOTTLENECK_HPP
#include <paipa/report.hpp>

#include <string>

namespace paipa {

/// One sentence that tells what holds the run up, with the figures.
///
/// All shares are of the run's whole time, per thread. So the share of running is how much of its
/// workers' time a step needs for the items, also when the step was done long before the run.
[[nodiscard]] std::string bottleneck_of(const report& r);

}  // namespace paipa
#endif
