#ifndef PAIPA_BOTTLENECK_HPP
#define PAIPA_BOTTLENECK_HPP
#include <paipa/report.hpp>

#include <string>

namespace paipa {

/// One sentence: what holds the run up, and by which figures.
///
/// All shares are of the run's whole time, and per thread: so the share of running is what the
/// items need of a step's workers, also where the step was done long before the run.
[[nodiscard]] std::string bottleneck_of(const report& r);

}  // namespace paipa
#endif
